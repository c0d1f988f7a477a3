package io.ecluster.ctl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ecluster.client.FakeApi;
import io.ecluster.client.FakeProxy;
import io.ecluster.client.SourceException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AddCommandTest {
  private static final byte[] EVENTS =
      FakeApi.lines(
          "",
          "{\"name\":\"a\",\"cid\":\"cid-of-a\",\"size\":3,\"allocations\":[\"p\"]}",
          "{\"name\":\"\",\"cid\":\"cid-of-root\",\"size\":9}");

  private static final byte[] CODED =
      FakeApi.lines(
          "",
          "{\"name\":\"shard-0\",\"cid\":\"cid-of-shard\"}",
          "{\"name\":\"f\",\"cid\":\"cid-of-root\",\"size\":9,\"erasure\":{\"data_shards\":4,\"parity_shards\":2,"
              + "\"groups\":1,\"size\":1000000,\"stored_bytes\":1500000,\"factor\":\"1.500\",\"margin\":2,"
              + "\"relaxed\":[\"two shards share a peer\"]}}");

  @TempDir Path folder;

  private Path file(String name, String content) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, content);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "add | 'added cid-of-a a%added cid-of-root %'",
        "add -q | cid-of-a%cid-of-root%",
        "add --quiet | cid-of-a%cid-of-root%",
        "add -Q | cid-of-root%",
        "add -quieter | cid-of-root%",
        "add --no-stream | 'added cid-of-a a%added cid-of-root %'",
        "add --no-stream -q | cid-of-a%cid-of-root%",
        "add --no-stream -Q | cid-of-root%"
      })
  void eventsArePrinted(String line, String text) throws IOException {
    try (FakeApi api = FakeApi.answering(EVENTS)) {
      Ctl.Result result = Ctl.run(api, Ctl.words(line, file("a", "x").toString()));
      assertThat(result).isEqualTo(new Ctl.Result(0, text.replace('%', '\n'), ""));
    }
  }

  @Test
  void eventsArePrintedAsJson() throws IOException {
    String path = file("a", "x").toString();
    try (FakeApi api = FakeApi.answering(EVENTS)) {
      Ctl.Result stream = Ctl.run(api, "--enc", "json", "add", path);
      assertThat(stream.out()).startsWith("{\n    \"name\": \"a\",").contains("\n}\n{\n");
      Ctl.Result array = Ctl.run(api, "--enc", "json", "add", "--no-stream", path);
      assertThat(array.out()).startsWith("[\n    {\n").endsWith("\n    }\n]\n");
      Ctl.Result root = Ctl.run(api, "--enc", "json", "add", "-Q", path);
      assertThat(root.out()).startsWith("{\n    \"name\": \"\",").doesNotContain("cid-of-a");
    }
  }

  @Test
  void aCodedAddTellsWhatItCost() throws IOException {
    String path = file("f", "x").toString();
    try (FakeApi api = FakeApi.answering(CODED)) {
      Ctl.Result result = Ctl.run(api, "add", "--erasure", path);
      assertThat(result.code()).isZero();
      assertThat(result.out()).isEqualTo("added cid-of-shard shard-0\nadded cid-of-root f\n");
      assertThat(result.err())
          .isEqualTo(
              """
              coded 4+2 in 1 group: stored 1.5 MB for 1.0 MB (factor 1.500), any 2 peers may be lost
              note: two shards share a peer
              """);
      Ctl.Result root = Ctl.run(api, "add", "--erasure", "-Q", path);
      assertThat(root).isEqualTo(new Ctl.Result(0, "cid-of-root\n", ""));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "add | format=unixfs&chunker=size-262144&hash=sha2-256&cid-version=0",
        "add --name n --rmin 2 --rmax 3 | name=n&replication-min=2&replication-max=3&format=unixfs&chunker=size-262144&hash=sha2-256&cid-version=0",
        "add --cid-version 1 | format=unixfs&chunker=size-262144&hash=sha2-256&cid-version=1&raw-leaves=true",
        "add --hash sha3-512 | format=unixfs&chunker=size-262144&hash=sha3-512&cid-version=1&raw-leaves=true",
        "add --hash SHA2-256 | format=unixfs&chunker=size-262144&hash=SHA2-256&cid-version=0",
        "add --raw-leaves | format=unixfs&chunker=size-262144&hash=sha2-256&cid-version=0&raw-leaves=true",
        "add -raw-leaves --cid-version=1 | format=unixfs&chunker=size-262144&hash=sha2-256&cid-version=1&raw-leaves=true",
        "add --format car | format=car&chunker=size-262144&hash=sha2-256&cid-version=0",
        "add --layout trickle | layout=trickle&format=unixfs&chunker=size-262144&hash=sha2-256&cid-version=0",
        "add --cid-version 1 --raw-leaves=false | format=unixfs&chunker=size-262144&hash=sha2-256&cid-version=1&raw-leaves=false",
        "add --no-pin --local -w | format=unixfs&chunker=size-262144&hash=sha2-256&cid-version=0&wrap-with-directory=true&local=true&no-pin=true",
        "add -s size-1000 --layout balanced | layout=balanced&format=unixfs&chunker=size-1000&hash=sha2-256&cid-version=0",
        "add --shard --nocopy=false | format=unixfs&chunker=size-262144&hash=sha2-256&cid-version=0&shard=true",
        "add --metadata k=v w --allocs p,q | user-allocations=p%2Cq&meta-k=v&format=unixfs&chunker=size-262144&hash=sha2-256&cid-version=0&wrap-with-directory=true"
      })
  void optionsBecomeTheQuery(String line, String query) throws IOException {
    String second = line.contains(" w ") ? file("w", "x").toString() : "";
    List<String> words = new ArrayList<>(List.of(line.split(" ")));
    words.replaceAll(word -> word.equals("w") ? second : word);
    words.add(file("a", "x").toString());
    try (FakeApi api = FakeApi.answering(EVENTS)) {
      assertThat(Ctl.run(api, words.toArray(String[]::new)).code()).isZero();
      assertThat(api.onlyRequest().target()).isEqualTo("/add?" + query + "&stream-channels=true");
      assertThat(api.onlyRequest().method()).isEqualTo("POST");
    }
  }

  @Test
  void standardInputIsAFileThatCanBeReadOnce() throws IOException {
    InputStream input = new ByteArrayInputStream("typed".getBytes(StandardCharsets.UTF_8));
    UploadTree tree =
        new UploadTree(
            List.of(new UploadRoot.Local(file("a", "x")), new UploadRoot.StandardInput()),
            false,
            false,
            "b",
            input);
    assertThat(tree.check()).isZero();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    tree.writeTo(out);
    assertThat(out.toString(StandardCharsets.UTF_8))
        .endsWith(
            "filename=\"stdin\"\r\nContent-Type: application/octet-stream\r\n\r\ntyped\r\n--b--\r\n");
    assertThatThrownBy(() -> tree.writeTo(out))
        .isInstanceOf(SourceException.class)
        .hasMessageContaining("cannot be sent again");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "add --erasure | name=the+file | data-shards=4&parity-shards=2&shard-size=104857600",
        "add --erasure --data-shards 10 --parity-shards 3 --shard-size 77 | name=the+file | data-shards=10&parity-shards=3&shard-size=77",
        "add --erasure --name x --allow-shared-peers | name=x | data-shards=4&parity-shards=2&shard-size=104857600&allow-shared-peers=true"
      })
  void codingOptionsGoAlong(String line, String name, String coding) throws IOException {
    try (FakeApi api = FakeApi.answering(CODED)) {
      Ctl.run(api, Ctl.words(line, file("the file", "x").toString()));
      assertThat(api.onlyRequest().target())
          .startsWith("/add?" + name + "&")
          .contains("&raw-leaves=true&")
          .endsWith("&stream-channels=true&erasure=true&" + coding);
    }
  }

  @Test
  void aFolderIsSentAsGoSendsIt() throws IOException {
    file("top/b.txt", "B");
    file("top/a b/x", "");
    file("top/.hidden", "H");
    file("top/.git/config", "C");
    Files.createSymbolicLink(folder.resolve("top/link"), Path.of("../elsewhere"));
    assertThat(sent("add", "-r", folder.resolve("top").toString()))
        .isEqualTo(
            part("top", "application/x-directory", "")
                + part("top%2Fa+b", "application/x-directory", "")
                + part("top%2Fa+b%2Fx", "application/octet-stream", "")
                + part("top%2Fb.txt", "application/octet-stream", "B")
                + part("top%2Flink", "application/symlink", "../elsewhere")
                + "--B--\r\n");
    assertThat(sent("add", "-r", "-H", folder.resolve("top").toString()))
        .contains(part("top%2F.hidden", "application/octet-stream", "H"))
        .contains(part("top%2F.git%2Fconfig", "application/octet-stream", "C"));
  }

  @Test
  void severalPathsAndOddNamesAreSent() throws IOException {
    Path one = file("ümlaut \"quoted\"", "1");
    Path two = file(".hidden", "2");
    assertThat(sent("add", one.toString(), two.toString()))
        .isEqualTo(
            part("%C3%BCmlaut+%22quoted%22", "application/octet-stream", "1")
                + part(".hidden", "application/octet-stream", "2")
                + "--B--\r\n");
  }

  @Test
  void anEmptyFileAndALinkAreSent() throws IOException {
    Path link = Files.createSymbolicLink(folder.resolve("dangling"), Path.of("nowhere"));
    assertThat(sent("add", file("empty", "").toString(), link.toString()))
        .isEqualTo(
            part("empty", "application/octet-stream", "")
                + part("dangling", "application/symlink", "nowhere")
                + "--B--\r\n");
  }

  private static String part(String name, String type, String content) {
    return "--B\r\nContent-Disposition: form-data; name=\"file\"; filename=\""
        + name
        + "\"\r\nContent-Type: "
        + type
        + "\r\n\r\n"
        + content
        + "\r\n";
  }

  private static String sent(String... line) {
    try (FakeApi api = FakeApi.answering(EVENTS)) {
      assertThat(Ctl.run(api, line).code()).isZero();
      String type = api.onlyRequest().headers().getOrDefault("content-type", "");
      assertThat(type).startsWith("multipart/form-data; boundary=");
      return api.onlyRequest().text().replace(type.substring(type.indexOf('=') + 1), "B");
    }
  }

  @Test
  void aFolderNeedsTheFlag() throws IOException {
    file("top/x", "x");
    String top = folder.resolve("top").toString();
    try (FakeApi api = FakeApi.answering(EVENTS)) {
      assertThat(Ctl.run(api, "add", top))
          .isEqualTo(
              new Ctl.Result(
                  1,
                  "",
                  "error adding: " + top + " is a directory, but Recursive option is not set\n"));
      assertThat(api.requests()).isEmpty();
    }
  }

  @Test
  void oneMissingPathKeepsAllFromBeingSent() throws IOException {
    try (FakeApi api = FakeApi.answering(EVENTS)) {
      Ctl.Result result = Ctl.run(api, "add", file("a", "x").toString(), folder + "/missing");
      assertThat(result.code()).isEqualTo(1);
      assertThat(result.err()).contains("missing: no such file or directory");
      assertThat(api.requests()).isEmpty();
    }
  }

  @Test
  void aFileThatCannotBeReadEndsTheUploadWithItsName() throws IOException {
    // A regular file that opens and whose first byte cannot be read, even by root.
    try (FakeApi api = FakeApi.answering(EVENTS)) {
      Ctl.Result result = Ctl.run(api, "add", file("a", "x").toString(), "/proc/self/mem");
      assertThat(result.code()).isEqualTo(1);
      assertThat(result.out()).isEmpty();
      assertThat(result.err()).startsWith("error : cannot read /proc/self/mem: ");
      assertThat(api.requests()).as("whole requests").isEmpty();
    }
  }

  @Test
  void anErrorBehindTheEventsFailsTheCommand() throws IOException {
    byte[] answer = FakeApi.lines("not enough peers", "{\"name\":\"a\",\"cid\":\"cid-of-a\"}");
    try (FakeApi api = FakeApi.answering(answer)) {
      Ctl.Result result = Ctl.run(api, "add", file("a", "x").toString());
      assertThat(result.code()).isEqualTo(2);
      assertThat(result.out())
          .isEqualTo(
              "added cid-of-a a\nAn error occurred:\n  Code: 500\n  Message: not enough peers\n");
      Ctl.Result quieter = Ctl.run(api, "add", "-Q", file("a", "x").toString());
      assertThat(quieter.out()).as("no root").doesNotContain("cid-of-a");
    }
  }

  @Test
  void theBarIsDrawnOnlyOnATerminal() throws IOException {
    String path = file("a", "x".repeat(100_000)).toString();
    try (FakeApi api = FakeApi.answering(EVENTS)) {
      Map<String, String> terminal = Map.of("ECLUSTER_STDERR_TERMINAL", "1");
      String[] line = {"--host", api.address(), "add", path};
      assertThat(Ctl.run(Map.of(), line).err()).isEmpty();
      Ctl.Result drawn = Ctl.run(terminal, line);
      assertThat(drawn.err()).contains("\r\033[K");
      assertThat(drawn.out()).isEqualTo("added cid-of-a a\nadded cid-of-root \n");
      String[] quiet = {"--host", api.address(), "add", "-q", path};
      assertThat(Ctl.run(terminal, quiet).err()).isEmpty();
    }
  }

  @Test
  void waitingFollowsAnAdd() throws IOException {
    String pinned = "{\"peer_map\":{\"p\":{\"status\":\"pinned\"}}}";
    try (FakeApi api =
        FakeApi.start((request, out) ->
            out.write(request.method().equals("POST") ? EVENTS : FakeApi.json(200, pinned)))) {
      assertThat(Ctl.run(api, "add", "--wait", file("a", "x").toString()).code()).isZero();
      assertThat(api.requests().getLast().target()).isEqualTo("/pins/cid-of-root");
    }
  }

  @Test
  void whatAUrlNamesIsReadAndSentOn() throws IOException {
    byte[] page =
        "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nweb!".getBytes(StandardCharsets.UTF_8);
    try (FakeApi web = FakeApi.answering(page);
        FakeApi api = FakeApi.answering(EVENTS)) {
      String host = "http://127.0.0.1:" + web.address().replaceAll(".*/", "");
      String url = host + "/a/page.html?q=1";
      assertThat(Ctl.run(api, "add", "--nocopy", url).code()).isZero();
      assertThat(api.onlyRequest().target()).contains("&raw-leaves=true&", "&nocopy=true&");
      assertThat(api.onlyRequest().text())
          .contains("Abspath-Encoded: " + Session.encode(url) + "\r\n")
          .contains("filename=\"page.html\"")
          .contains("\r\n\r\nweb!\r\n");
      assertThat(web.onlyRequest().target()).isEqualTo("/a/page.html?q=1");
      assertThat(UploadRoot.of(host + "/", Map.of()).name()).isEqualTo("127.0.0.1");
    }
  }

  @Test
  void urlsAreReadThroughTheProxyOfTheEnvironment() {
    byte[] page =
        "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nweb!".getBytes(StandardCharsets.UTF_8);
    try (FakeApi web = FakeApi.answering(page);
        FakeProxy proxy = FakeProxy.before(web.address());
        FakeApi api = FakeApi.answering(EVENTS)) {
      String[] line = {"--host", api.address(), "add", "http://web.example/page"};
      assertThat(Ctl.run(Map.of("http_proxy", proxy.url()), line).code()).isZero();
      assertThat(api.onlyRequest().text()).contains("\r\n\r\nweb!\r\n");
      assertThat(proxy.heads().getFirst()).startsWith("GET http://web.example/page HTTP/1.1\r\n");
    }
  }

  @Test
  void aUrlThatCannotBeReadEndsTheUpload() {
    byte[] gone =
        "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n".getBytes(StandardCharsets.UTF_8);
    try (FakeApi web = FakeApi.answering(gone);
        FakeApi api = FakeApi.answering(EVENTS)) {
      String url = "http://127.0.0.1:" + web.address().replaceAll(".*/", "") + "/x";
      Ctl.Result result = Ctl.run(api, "add", url);
      assertThat(result.code()).isEqualTo(1);
      assertThat(result.err()).isEqualTo("error : cannot read " + url + ": HTTP status 404\n");
    }
  }

  @Test
  void whatIsCodedHasAName() throws IOException {
    String one = file("one", "1").toString();
    String two = file("two", "2").toString();
    try (FakeApi api = FakeApi.answering(CODED)) {
      Ctl.run(api, "add", "--erasure", one);
      Ctl.run(api, "add", "--erasure", one, two);
      Ctl.run(api, "add", "--erasure", "-n", "mine", one, two);
      assertThat(api.requests())
          .extracting(request -> request.target().replaceAll(".*[?&]name=([^&]*).*", "$1"))
          .satisfiesExactly(
              name -> assertThat(name).isEqualTo("one"),
              name -> assertThat(name).matches("sharded-[0-9a-f]{8}"),
              name -> assertThat(name).isEqualTo("mine"));
    }
  }

  @Test
  void waitingForAnAddAsksHowManyPeersAreEnough() throws IOException {
    String status = "{\"peer_map\":{\"p\":{\"status\":\"pinned\"},\"q\":{\"status\":\"pinning\"}}}";
    try (FakeApi api =
        FakeApi.start((request, out) -> {
          String document =
              request.target().startsWith("/alloc") ? "{\"replication_factor_min\":1}" : status;
          out.write(request.method().equals("POST") ? EVENTS : FakeApi.json(200, document));
        })) {
      assertThat(Ctl.run(api, "add", "--wait", file("a", "x").toString()).code()).isZero();
      assertThat(api.requests().get(1).target()).isEqualTo("/allocations/cid-of-root");
    }
  }
}
