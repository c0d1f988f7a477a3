package io.ecluster.client;

import io.ecluster.multiformats.AddressProtocol;
import io.ecluster.multiformats.Multiaddr;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;

/** Takes TLS off connections and passes the bytes on. */
public final class TlsTerminator implements AutoCloseable {
  public static final String PASSWORD = "changeit";

  private final SSLServerSocket server;
  private final int target;

  private TlsTerminator(SSLServerSocket server, int target) {
    this.server = server;
    this.target = target;
    Thread.ofVirtual().start(this::accept);
  }

  public static TlsTerminator before(Multiaddr target, Path keys)
      throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(keys)) {
      store.load(in, PASSWORD.toCharArray());
    }
    KeyManagerFactory factory =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(store, PASSWORD.toCharArray());
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(factory.getKeyManagers(), null, null);
    SSLServerSocket server =
        (SSLServerSocket)
            context
                .getServerSocketFactory()
                .createServerSocket(0, 50, InetAddress.getLoopbackAddress());
    return new TlsTerminator(
        server, Integer.parseInt(target.value(AddressProtocol.TCP).orElseThrow()));
  }

  /** Makes a key with a certificate for this machine that nobody has signed, in a PKCS #12 file. */
  public static Path makeKeys(Path folder) throws IOException, InterruptedException {
    Path keys = folder.resolve("keys.p12");
    keytool(
        "-genkeypair -alias test -keyalg EC -dname CN=test -ext san=ip:127.0.0.1"
            + " -storetype PKCS12 -storepass "
            + PASSWORD
            + " -keystore",
        keys);
    return keys;
  }

  /** The certificate that goes with keys, as PEM. */
  public static Path certificate(Path keys) throws IOException, InterruptedException {
    Path pem = keys.resolveSibling("certificate.pem");
    String options = "-exportcert -rfc -alias test -storepass " + PASSWORD + " -keystore " + keys;
    keytool(options + " -file", pem);
    return pem;
  }

  private static void keytool(String options, Path file) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(List.of(options.split(" ")));
    command.add(file.toString());
    Path log = file.resolveSibling("keytool.log");
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    if (process.waitFor() != 0) {
      throw new IOException("keytool failed: " + Files.readString(log));
    }
  }

  public String address() {
    return "/ip4/127.0.0.1/tcp/" + server.getLocalPort();
  }

  private void accept() {
    try {
      while (true) {
        Socket client = server.accept();
        Thread.ofVirtual().start(() -> serve(client));
      }
    } catch (IOException e) {
      // closed
    }
  }

  private void serve(Socket client) {
    try (client;
        Socket inner = new Socket(InetAddress.getLoopbackAddress(), target)) {
      Thread.ofVirtual().start(() -> pass(client, inner));
      inner.getInputStream().transferTo(client.getOutputStream());
    } catch (IOException e) {
      // one side has ended
    }
  }

  private static void pass(Socket from, Socket to) {
    try {
      from.getInputStream().transferTo(to.getOutputStream());
      to.shutdownOutput();
    } catch (IOException e) {
      // one side has ended
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
