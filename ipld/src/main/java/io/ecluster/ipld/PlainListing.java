package io.ecluster.ipld;

import java.util.List;
import java.util.Optional;

/** The entries of a folder of one node: its links. */
record PlainListing(List<PbLink> links) implements UnixFsDirectory.Listing {
  @Override
  public void forEach(UnixFsDirectory.Visitor visitor) {
    links.forEach(link -> visitor.visit(entry(link)));
  }

  @Override
  public Optional<UnixFsDirectory.Entry> find(String name) {
    return links.stream()
        .filter(link -> link.name().equals(name))
        .findFirst()
        .map(PlainListing::entry);
  }

  private static UnixFsDirectory.Entry entry(PbLink link) {
    return new UnixFsDirectory.Entry(link.name(), link.hash(), link.tsize());
  }
}
