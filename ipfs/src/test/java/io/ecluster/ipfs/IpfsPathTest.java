package io.ecluster.ipfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ecluster.ipld.Block;
import io.ecluster.ipld.BlockNotFoundException;
import io.ecluster.ipld.BlockSource;
import io.ecluster.ipld.PathNotFoundException;
import io.ecluster.multiformats.FormatException;
import java.util.Map;
import org.junit.jupiter.api.Test;

class IpfsPathTest {
  private final Block file = TestDag.raw("content");
  private final Block folder = TestDag.folder(Map.of("a", file.cid()));
  private final BlockSource source =
      cid -> {
        if (cid.equals(folder.cid())) {
          return folder.data();
        }
        throw new BlockNotFoundException(cid, "gone");
      };

  @Test
  void pathsOfBothKindsAndCidsAreFollowed() {
    for (String prefix : new String[] {"/ipfs/", "/ipld/", ""}) {
      assertThat(IpfsPath.resolve(prefix + folder.cid(), source)).isEqualTo(folder.cid());
      assertThat(IpfsPath.resolve(prefix + folder.cid() + "/a", source)).isEqualTo(file.cid());
    }
  }

  @Test
  void whatCannotBeFollowedSaysWhy() {
    assertThatThrownBy(() -> IpfsPath.resolve("/ipfs/" + folder.cid() + "/b", source))
        .isInstanceOf(IpfsException.class)
        .hasCauseInstanceOf(PathNotFoundException.class);
    assertThatThrownBy(() -> IpfsPath.resolve("/ipfs/" + file.cid() + "/b", source))
        .isInstanceOf(IpfsException.class)
        .hasCauseInstanceOf(BlockNotFoundException.class);
    assertThatThrownBy(() -> IpfsPath.resolve("/ipfs/bogus", source))
        .isInstanceOf(IpfsException.class)
        .hasCauseInstanceOf(FormatException.class);
    assertThatThrownBy(() -> IpfsPath.resolve("/ipns/example.org", source))
        .isInstanceOf(IpfsException.class)
        .hasMessageContaining("names are not known here");
  }
}
