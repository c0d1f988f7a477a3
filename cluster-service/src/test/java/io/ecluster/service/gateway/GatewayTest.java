package io.ecluster.service.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.ecluster.ipld.CarReader;
import io.ecluster.multiformats.Cid;
import io.ecluster.service.PeerProcesses;
import io.ecluster.service.api.TestServer;
import io.ecluster.service.read.TestSite;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a gateway answers; values are Kubo's unless a comment says why not. */
class GatewayTest {
  private static final String FOR_EVER = "public, max-age=29030400, immutable";

  private final GatewayFixture gateway = new GatewayFixture();

  @AfterEach
  void allReadersAreClosed() {
    PeerProcesses.await("all readings are closed", () -> gateway.readings.open() == 0);
    gateway.close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "GET    | /ipfs/R/hello.txt             | 200",
        "HEAD   | /ipfs/R/hello.txt             | 200",
        "OPTIONS| /ipfs/R/hello.txt             | 200",
        "POST   | /ipfs/R/hello.txt             | 405",
        "PUT    | /ipfs/R/hello.txt             | 405",
        "DELETE | /ipfs/R/hello.txt             | 405",
        "GET    | /ipfs/R                       | 301",
        "GET    | /ipfs/R/                      | 200",
        "GET    | /ipfs/R/sub                   | 301",
        "GET    | /ipfs/R/site/                 | 200",
        "GET    | /ipfs/R/nope                  | 404",
        "GET    | /ipfs/R/hello.txt/x           | 404",
        "GET    | /ipfs/R/hello.txt/            | 200",
        "GET    | /ipfs/bad                     | 400",
        "GET    | /ipfs/                        | 400",
        "GET    | /                             | 404",
        "GET    | /index.html                   | 404",
        "GET    | /ipns/example.com/            | 501",
        "GET    | /ipfs/R/link                  | 200",
        "GET    | /ipfs/N                       | 200",
        "GET    | /ipfs/N/a/hello.txt           | 200",
        "GET    | /ipfs/N/b                     | 501",
        "GET    | /ipfs/N/b/0                   | 501",
        "GET    | /ipfs/N/q                     | 404",
        "GET    | /ipfs/R?format=dag-json       | 406",
        "GET    | /ipfs/R/hello.txt?format=json | 200",
        "GET    | /ipfs/R/hello.txt?format=dag-cbor | 406",
        "GET    | /ipfs/N?format=dag-json       | 406",
        "GET    | /ipfs/N?format=cbor           | 200",
        "GET    | /ipfs/N?format=tar            | 406",
        "GET    | /ipfs/R/hello.txt?format=foo  | 200",
        "GET    | /ipfs/R/hello.txt?format=car&dag-scope=foo | 400",
        "GET    | /ipfs/R/hello.txt?format=car&entity-bytes=x | 400",
        "GET    | /ipfs/R/hello.txt?format=car&car-version=2 | 400",
        "GET    | /ipfs/R/hello.txt?format=car&car-order=y | 400",
        "GET    | /ipfs/R/%2e%2e/hello.txt      | 400",
        "GET    | /ipfs/R/sub/../hello.txt      | 307",
        "GET    | /ipfs/R//hello.txt            | 307",
        "GET    | /ipfs/bafkqabtimvwgy3yk       | 200",
        "GET    | /ipfs/bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy | 504",
      })
  void answersWithAStatus(String method, String target, int status) throws IOException {
    TestServer.Answer answer = gateway.ask(method, target);
    assertThat(answer.status()).isEqualTo(status);
    assertThat(answer.header("access-control-allow-origin")).isEqualTo("*");
    if (status >= 400) {
      assertThat(answer.header("content-type")).isEqualTo("text/plain; charset=utf-8");
      assertThat(answer.text()).isNotBlank();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "hello.txt, text/plain; charset=utf-8",
    "page.html, text/html",
    "plain, text/plain; charset=utf-8",
    "big, application/octet-stream",
    "empty, text/plain; charset=utf-8",
  })
  void servesFiles(String name, String type) throws IOException {
    TestServer.Answer answer = gateway.get("/ipfs/R/" + name);
    byte[] content = gateway.site.content(name);
    Cid cid = gateway.site.cid(name);
    assertThat(answer.body()).isEqualTo(content);
    assertThat(answer.header("content-type")).isEqualTo(type);
    assertThat(answer.header("content-length")).isEqualTo(String.valueOf(content.length));
    assertThat(answer.header("etag")).isEqualTo("\"" + cid + "\"");
    assertThat(answer.header("cache-control")).isEqualTo(FOR_EVER);
    assertThat(answer.header("accept-ranges")).isEqualTo("bytes");
    assertThat(answer.header("x-ipfs-path")).isEqualTo("/ipfs/" + gateway.site.root() + "/" + name);
    assertThat(answer.header("x-ipfs-roots")).isEqualTo(gateway.site.root() + "," + cid);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/ipfs/R/hello.txt",
        "/ipfs/R/big",
        "/ipfs/R/",
        "/ipfs/R/nope",
        "/ipfs/R/big?format=raw",
        "/ipfs/R?format=car",
        "/ipfs/R?format=tar",
        "/ipfs/N",
      })
  void headersAloneAreTheSame(String target) throws IOException {
    TestServer.Answer get = gateway.get(target);
    TestServer.Answer head = gateway.ask("HEAD", target);
    for (TestServer.Answer answer : List.of(get, head)) {
      answer.headers().remove("date");
      answer.headers().remove("transfer-encoding"); // of a body, which HEAD has not
      if (!get.headers().containsKey("content-length")) {
        answer.headers().remove("content-length");
      }
    }
    assertThat(head.status()).isEqualTo(get.status());
    assertThat(head.headers()).isEqualTo(get.headers());
  }

  @Test
  void aHeadReadsOnlyWhatItMust() throws IOException {
    gateway.ask("HEAD", "/ipfs/R/big?filename=a.bin.mp4");
    assertThat(gateway.readings.read()).as("folder and the file's root").isLessThanOrEqualTo(3);
  }

  @ParameterizedTest
  @CsvSource({
    "0-1, 206, 0, 2",
    "2-, 206, 2, 6",
    "-2, 206, 4, 6",
    "-100, 206, 0, 6",
    "0-999999999999, 206, 0, 6",
    "0-5, 206, 0, 6",
    "5-5, 206, 5, 6",
    "'0-1,3-4', 206, 0, 2",
    "4-2, 200, 0, 6",
    "x, 200, 0, 6",
    "99999999999999999999-, 200, 0, 6",
  })
  void servesRanges(String range, int status, int from, int to) throws IOException {
    TestServer.Answer answer = gateway.get("/ipfs/R/hello.txt", "Range: bytes=" + range);
    assertThat(answer.status()).isEqualTo(status);
    assertThat(answer.text()).isEqualTo("hello\n".substring(from, to));
    assertThat(answer.header("content-range"))
        .isEqualTo(status == 206 ? "bytes " + from + "-" + (to - 1) + "/6" : "");
  }

  @ParameterizedTest
  @ValueSource(strings = {"6-", "10-20", "-0"})
  void refusesRangesBehindTheEnd(String range) throws IOException {
    TestServer.Answer answer = gateway.get("/ipfs/R/hello.txt", "Range: bytes=" + range);
    assertThat(answer.status()).isEqualTo(416);
    assertThat(answer.header("content-range")).isEqualTo("bytes */6");
  }

  @Test
  void aRangeHoldsOnlyForWhatTheClientHas() throws IOException {
    String tag = "\"" + gateway.site.cid("hello.txt") + "\"";
    String range = "Range: bytes=0-1";
    assertThat(gateway.get("/ipfs/R/hello.txt", range, "If-Range: \"x\"").status()).isEqualTo(200);
    assertThat(gateway.get("/ipfs/R/hello.txt", range, "If-Range: " + tag).status()).isEqualTo(206);
  }

  @ParameterizedTest
  @CsvSource({
    "/ipfs/R/hello.txt", "/ipfs/R/", "/ipfs/R/hello.txt?format=raw", "/ipfs/R?format=car",
    "/ipfs/R?format=tar", "/ipfs/N", "/ipfs/R/site/", "/ipfs/R/link",
  })
  void doesNotSendAgainWhatIsKnown(String target) throws IOException {
    String tag = gateway.get(target).header("etag");
    assertThat(tag).isNotEmpty();
    for (String known : List.of(tag, "W/" + tag.replace("W/", ""), "\"x\", " + tag, "*")) {
      TestServer.Answer answer = gateway.get(target, "If-None-Match: " + known);
      assertThat(answer.status()).as(known).isEqualTo(304);
      assertThat(answer.header("etag")).isEqualTo(tag);
    }
    assertThat(gateway.get(target, "If-None-Match: \"other\"").status()).isEqualTo(200);
  }

  @Test
  void redirectsToTheFolderWithItsQuery() throws IOException {
    assertThat(gateway.get("/ipfs/R/sub?a=b").header("location"))
        .isEqualTo("/ipfs/" + gateway.site.root() + "/sub/?a=b");
    assertThat(gateway.get("/ipfs/R//sub/../hello.txt").header("location"))
        .isEqualTo("/ipfs/" + gateway.site.root() + "/hello.txt");
  }

  @Test
  void servesTheIndexOfAFolder() throws IOException {
    TestServer.Answer answer = gateway.get("/ipfs/R/site/");
    assertThat(answer.text()).isEqualTo("<h1>i</h1>");
    assertThat(answer.header("etag")).isEqualTo("\"" + gateway.site.cid("site") + "\"");
  }

  @Test
  void listsAFolderWithoutTrustingNames() throws IOException {
    TestServer.Answer answer = gateway.get("/ipfs/R/sub/");
    assertThat(answer.header("etag"))
        .matches("\"DirIndex-\\w+_CID-" + gateway.site.cid("sub") + "\"");
    assertThat(answer.header("cache-control")).contains("max-age=604800");
    assertThat(answer.text())
        .doesNotContain("<b>")
        .contains("ü &quot;#?&amp;&lt;b&gt;&#39;%.txt</a>")
        .contains("%C3%BC%20%22%23%3F&amp;%3Cb%3E%27%25.txt\"")
        .contains("href=\"..\"");
    assertThat(gateway.get("/ipfs/R/").text()).contains(">hello.txt</a>").doesNotContain("\"..\"");
  }

  @Test
  void whatAListLinksToIsThere() throws IOException {
    String odd = Disposition.escape(TestSite.ODD_NAME);
    assertThat(gateway.get("/ipfs/R/sub/" + odd).text()).isEqualTo("odd");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "a.txt         |       | inline; filename=\"a.txt\"; filename*=UTF-8''a.txt",
        "a.txt         | true  | attachment; filename=\"a.txt\"; filename*=UTF-8''a.txt",
        "%0d%0aX:y%22%C3%BC.txt | true | attachment; filename=\"%0D%0AX:y%22_.txt\";"
            + " filename*=UTF-8''%0D%0AX:y%22%C3%BC.txt",
        "../../etc     |       | inline; filename=\"..%2F..%2Fetc\"; filename*=UTF-8''..%2F..%2Fetc",
      })
  void namesWhatIsSaved(String name, String download, String disposition) throws IOException {
    TestServer.Answer answer =
        gateway.get("/ipfs/R/hello.txt?filename=" + name + "&download=" + download);
    assertThat(answer.header("content-disposition")).isEqualTo(disposition);
    assertThat(answer.headers()).doesNotContainKey("x");
  }

  @Test
  void aNameSaysTheTypeToo() throws IOException {
    assertThat(gateway.get("/ipfs/R/big?filename=a.MP4").header("content-type"))
        .isEqualTo("video/mp4");
  }

  @Test
  void sendsRawBlocks() throws IOException {
    Cid cid = gateway.site.cid("hello.txt");
    byte[] block = gateway.readings.blocks().get(cid);
    TestServer.Answer answer = gateway.get("/ipfs/R/hello.txt", "Accept: application/vnd.ipld.raw");
    assertThat(cid.hash().matches(answer.body())).isTrue();
    assertThat(answer.body()).isEqualTo(block);
    assertThat(answer.header("content-type")).isEqualTo("application/vnd.ipld.raw");
    assertThat(answer.header("etag")).isEqualTo("\"" + cid + ".raw\"");
    assertThat(answer.header("x-content-type-options")).isEqualTo("nosniff");
    assertThat(answer.header("content-location")).endsWith("/hello.txt?format=raw");
    assertThat(answer.header("content-disposition")).startsWith("attachment; filename=\"" + cid);
    TestServer.Answer part = gateway.get("/ipfs/R/hello.txt?format=raw", "Range: bytes=0-3");
    assertThat(part.body()).isEqualTo(Arrays.copyOf(block, 4));
  }

  @ParameterizedTest
  @CsvSource({
    "/ipfs/R?format=car&dag-scope=block, 1",
    "/ipfs/R?format=car&dag-scope=entity, 1",
    "/ipfs/R/hello.txt?format=car, 2",
    "/ipfs/R/sub/?format=car&dag-scope=entity, 2",
    "/ipfs/R/big?format=car&dag-scope=block, 2",
    "/ipfs/R/big?format=car&dag-scope=entity, 6",
    "/ipfs/R/big?format=car&entity-bytes=0:10, 3",
    "/ipfs/R/big?format=car&entity-bytes=0:*, 6",
    "/ipfs/R/big?format=car&entity-bytes=-10:*, 3",
    "/ipfs/R/big?format=car&entity-bytes=262144:262144, 3",
    "/ipfs/R/big?format=car&entity-bytes=0:262144, 4",
    "/ipfs/R/big?format=car&entity-bytes=9999999:*, 2",
    "/ipfs/N/a/hello.txt?format=car&dag-scope=block, 3",
    "/ipfs/N/a?format=car&dag-scope=block, 2",
  })
  void sendsTheBlocksThatProveAPath(String target, int blocks) throws IOException {
    TestServer.Answer answer = gateway.get(target);
    assertThat(answer.header("content-type"))
        .isEqualTo("application/vnd.ipld.car; version=1; order=dfs; dups=n");
    CarReader car = new CarReader(new ByteArrayInputStream(answer.body()));
    List<Cid> cids = new ArrayList<>();
    for (var block = car.next(); block.isPresent(); block = car.next()) {
      cids.add(block.get().cid());
    }
    assertThat(cids).hasSize(blocks).doesNotHaveDuplicates();
  }

  @Test
  void sendsATarOfAFolder() throws IOException {
    TestServer.Answer answer = gateway.get("/ipfs/R?format=tar");
    List<String> names = new ArrayList<>();
    try (TarArchiveInputStream tar =
        new TarArchiveInputStream(new ByteArrayInputStream(answer.body()))) {
      for (var entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        names.add(entry.getName());
        if (entry.getName().endsWith("/big")) {
          assertThat(tar.readAllBytes()).isEqualTo(gateway.site.content("big"));
        }
      }
    }
    assertThat(names).contains(gateway.site.root() + "/", gateway.site.root() + "/big").hasSize(11);
  }

  @Test
  void saysWhichBlockIsMissing() throws IOException {
    gateway.readings.lose(gateway.site.cid("hello.txt"));
    TestServer.Answer answer = gateway.get("/ipfs/R/hello.txt");
    assertThat(answer.status()).isEqualTo(504);
    assertThat(answer.text()).contains(gateway.site.cid("hello.txt").toString(), "try again");
    assertThat(answer.headers()).doesNotContainKeys("etag", "content-disposition");
  }

  @Test
  void refusesPercentSignsThatMeanNothing() throws IOException {
    assertThat(gateway.get("/ipfs/R/%zz").status()).isEqualTo(400);
  }

  @Test
  void noScriptOfAFolderRulesOverAll() throws IOException {
    assertThat(gateway.get("/ipfs/R", "Service-Worker: script").status()).isEqualTo(400);
  }

  @Test
  void showsNodesAsTheyAre() throws IOException {
    byte[] block = gateway.readings.blocks().get(gateway.site.node());
    TestServer.Answer answer = gateway.get("/ipfs/N");
    assertThat(answer.body()).isEqualTo(block);
    assertThat(answer.header("content-type")).isEqualTo("application/vnd.ipld.dag-cbor");
    assertThat(answer.header("etag")).isEqualTo("\"" + gateway.site.node() + ".dag-cbor\"");
    assertThat(new String(answer.body(), StandardCharsets.ISO_8859_1)).contains("a");
  }
}
