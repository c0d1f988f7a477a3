package io.ecluster.service.http;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.interfaces.ECPrivateKey;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;

/** A certificate that signs itself, with its key in the forms that programs write. */
public final class PemFiles {
  private static final String PASSWORD = "not a secret";

  private final Path folder;
  private final KeyStore store;

  private PemFiles(Path folder, KeyStore store) {
    this.folder = folder;
    this.store = store;
  }

  /**
   * Makes {@code cert.pem} and {@code key.pem} with the JDK's own tool.
   *
   * @param options of keytool that say which kind of key
   */
  public static PemFiles make(Path folder, String... options) throws Exception {
    Path file = folder.resolve("store.p12");
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "a",
                "-dname",
                "CN=localhost",
                "-ext",
                "SAN=dns:localhost,ip:127.0.0.1",
                "-storetype",
                "PKCS12",
                "-keystore",
                file.toString(),
                "-storepass",
                PASSWORD));
    command.addAll(List.of(options));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IllegalStateException("keytool failed: " + said);
    }
    PemFiles files = new PemFiles(folder, load(file));
    files.write("cert.pem", "CERTIFICATE", files.certificate().getEncoded());
    files.write("key.pem", "PRIVATE KEY", files.key().getEncoded());
    return files;
  }

  private static KeyStore load(Path file) throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(file)) {
      store.load(in, PASSWORD.toCharArray());
    }
    return store;
  }

  private Certificate certificate() throws GeneralSecurityException {
    return store.getCertificate("a");
  }

  private Key key() throws GeneralSecurityException {
    return store.getKey("a", PASSWORD.toCharArray());
  }

  /** Writes the key as OpenSSL did of old, under the name {@code old.pem}. */
  void writeOldForm(String kind) throws IOException, GeneralSecurityException {
    PrivateKeyInfo info = PrivateKeyInfo.getInstance(key().getEncoded());
    write("old.pem", kind, kind.startsWith("EC") ? curveKey(info) : inner(info));
  }

  private static byte[] inner(PrivateKeyInfo info) throws IOException {
    return info.parsePrivateKey().toASN1Primitive().getEncoded();
  }

  /** With the name of the curve, which is outside in the new form. */
  private byte[] curveKey(PrivateKeyInfo info) throws IOException, GeneralSecurityException {
    ECPrivateKey key = (ECPrivateKey) key();
    return new org.bouncycastle.asn1.sec.ECPrivateKey(
            key.getParams().getOrder().bitLength(),
            key.getS(),
            info.getPrivateKeyAlgorithm().getParameters())
        .getEncoded();
  }

  private void write(String name, String kind, byte[] der) throws IOException {
    String base64 = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
    Files.writeString(
        folder.resolve(name),
        "-----BEGIN %s-----\n%s\n-----END %s-----\n".formatted(kind, base64, kind));
  }

  /** For clients that trust this certificate and no other. */
  public SSLContext clientContext() throws GeneralSecurityException, IOException {
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("a", certificate());
    TrustManagerFactory managers =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    managers.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, managers.getTrustManagers(), null);
    return context;
  }
}
