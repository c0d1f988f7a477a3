package io.ecluster.service.proxy;

import io.ecluster.ipld.Block;
import io.ecluster.ipld.Cbor;
import io.ecluster.ipld.DagCbor;
import io.ecluster.ipld.DagJson;
import io.ecluster.ipld.DagPb;
import io.ecluster.ipld.PathTarget;
import io.ecluster.ipld.UnixFsDirectory;
import io.ecluster.ipld.UnixFsFile;
import io.ecluster.ipld.UnixFsNode;
import io.ecluster.ipld.UnixFsSymlink;
import io.ecluster.multiformats.Cid;
import io.ecluster.multiformats.FormatException;
import io.ecluster.multiformats.Multicodec;
import io.ecluster.recovery.Reading;
import io.ecluster.service.http.Exchange;
import io.ecluster.service.read.Blocks;
import io.ecluster.service.read.ContentPath;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/**
 * {@code cat}, {@code block} and {@code dag get}: calls that read, answered from our own blocks.
 */
final class ReadCommands {
  /** So much is held back: a failure that comes this early is told in words. */
  static final int HELD_BYTES = 64 * 1024;

  private static final String TEXT = "text/plain";

  private final Blocks blocks;

  ReadCommands(Blocks blocks) {
    this.blocks = blocks;
  }

  Map<String, Command> commands() {
    Map<String, Command> commands = new TreeMap<>();
    commands.put("cat", this::cat);
    commands.put("ls", (x, arguments) -> new Listing(blocks, x, arguments).send());
    commands.put("get", (x, arguments) -> new GetCommand(blocks).send(x, arguments));
    commands.put("block/get", this::blockGet);
    commands.put("block/stat", this::blockStat);
    commands.put("dag/get", this::dagGet);
    return commands;
  }

  /** Where to in the bytes of all arguments together. */
  private record Window(long from, long to) {
    static Window of(Arguments arguments) {
      long offset = arguments.options().number("offset", 0);
      long length = arguments.options().number("length", Long.MAX_VALUE);
      if (offset < 0 || length < 0) {
        throw new CallException("cannot specify negative " + (offset < 0 ? "offset" : "length"));
      }
      return new Window(
          offset, length > Long.MAX_VALUE - offset ? Long.MAX_VALUE : offset + length);
    }

    long within(long size) {
      return Math.max(0, Math.min(to, size) - Math.min(from, size));
    }
  }

  private void cat(Exchange x, Arguments arguments) throws IOException {
    Window window = Window.of(arguments);
    long size = 0;
    for (ContentPath path : arguments.paths()) {
      try (Reading reading = blocks.open(path.root())) {
        size += sizeOf(open(path, reading));
      }
    }
    begin(x, TEXT);
    x.setHeader("X-Content-Length", String.valueOf(window.within(size)));
    OutputStream out = new BufferedOutputStream(x.output(), HELD_BYTES);
    long at = 0;
    for (ContentPath path : arguments.paths()) {
      try (Reading reading = blocks.open(path.root())) {
        UnixFsNode node = open(path, reading);
        long end = at + sizeOf(node);
        long from = Math.clamp(window.from() - at, 0, end - at);
        write(node, out, from, Math.clamp(window.to() - at, from, end - at), reading);
        at = end;
      }
    }
    out.close(); // not when it fails: what is held back then makes way for the reason
  }

  static UnixFsNode open(ContentPath path, Reading reading) {
    PathTarget target = path.resolve(reading);
    if (target.inside().isPresent()) {
      throw new CallException(path + " ends within a block, not at a file");
    }
    return UnixFsNode.open(target.cid(), reading);
  }

  private static long sizeOf(UnixFsNode node) {
    return switch (node) {
      case UnixFsFile file -> file.size();
      case UnixFsSymlink link -> target(link).length;
      case UnixFsDirectory _ -> throw new CallException("this dag node is a directory");
    };
  }

  private static byte[] target(UnixFsSymlink link) {
    return link.target().getBytes(StandardCharsets.UTF_8);
  }

  private static void write(UnixFsNode node, OutputStream out, long from, long to, Reading reading)
      throws IOException {
    if (node instanceof UnixFsFile file) {
      file.writeTo(out, from, to, reading);
    } else if (node instanceof UnixFsSymlink link) {
      out.write(target(link), (int) from, (int) (to - from));
    }
  }

  /** An answer that is bytes, not JSON. */
  static void begin(Exchange x, String type) {
    x.setStatus(200);
    x.setHeader("Content-Type", type);
    x.setHeader("X-Stream-Output", "1");
  }

  private void blockGet(Exchange x, Arguments arguments) throws IOException {
    byte[] block = block(arguments).data();
    begin(x, "application/vnd.ipld.raw");
    send(x, block);
  }

  private void blockStat(Exchange x, Arguments arguments) {
    Block block = block(arguments);
    String json = "{\"Key\":\"" + block.cid() + "\",\"Size\":" + block.size() + "}\n";
    x.answer(200, "application/json", json.getBytes(StandardCharsets.UTF_8));
  }

  private Block block(Arguments arguments) {
    ContentPath path = Arguments.path(arguments.first());
    try (Reading reading = blocks.open(path.root())) {
      Cid cid = path.resolve(reading).cid();
      return new Block(cid, reading.read(cid));
    }
  }

  private void dagGet(Exchange x, Arguments arguments) throws IOException {
    ContentPath path = Arguments.path(arguments.first());
    String codec = arguments.options().text("output-codec");
    byte[] answer;
    try (Reading reading = blocks.open(path.root())) {
      PathTarget target = path.resolve(reading);
      answer =
          switch (codec) {
            case "", "dag-json" -> json(target, reading);
            case "dag-cbor" -> DagCbor.encode(value(target, reading));
            case "dag-pb", "raw" -> unchanged(target, codec, reading);
            default ->
                throw new CallException(
                    "unknown multicodec: \"" + codec + "\"; use dag-json, dag-cbor or dag-pb");
          };
    }
    begin(x, TEXT);
    send(x, answer);
  }

  private static byte[] json(PathTarget target, Reading reading) {
    boolean already = target.cid().codec() == Multicodec.DAG_JSON;
    return already ? reading.read(target.cid()) : DagJson.encode(value(target, reading));
  }

  private static Cbor value(PathTarget target, Reading reading) {
    if (target.inside().isPresent()) {
      return target.inside().get();
    }
    byte[] block = reading.read(target.cid());
    long codec = target.cid().codec();
    if (codec == Multicodec.DAG_CBOR) {
      return DagCbor.decode(block);
    }
    if (codec == Multicodec.DAG_PB) {
      return DagJson.of(DagPb.decode(block));
    }
    if (codec == Multicodec.RAW) {
      return Cbor.of(block);
    }
    throw new FormatException("cannot read codec 0x" + Long.toHexString(codec));
  }

  private static byte[] unchanged(PathTarget target, String codec, Reading reading) {
    long wanted = codec.equals("raw") ? Multicodec.RAW : Multicodec.DAG_PB;
    if (target.inside().isPresent() || target.cid().codec() != wanted) {
      throw new CallException(target.cid() + " cannot be written as " + codec);
    }
    return reading.read(target.cid());
  }

  private static void send(Exchange x, byte[] bytes) throws IOException {
    try (OutputStream out = x.output()) {
      out.write(bytes);
    }
  }
}
