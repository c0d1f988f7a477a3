package io.ecluster.client;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

/** TLS over a connection: version 1.2 at least, the certificate checked unless told not to. */
public final class Tls {
  private static final String[] VERSIONS = {"TLSv1.3", "TLSv1.2"};

  private final SSLContext context;
  private final boolean checked;

  private Tls(SSLContext context, boolean checked) {
    this.context = context;
    this.checked = checked;
  }

  /**
   * Trusts the authorities that Java comes with, or those in a file.
   *
   * @param authorities PEM certificates, in place of Java's
   * @throws IOException if they cannot be read
   */
  public static Tls checking(Optional<Path> authorities) throws IOException {
    try {
      return new Tls(authorities.isPresent() ? trusting(authorities.get()) : standard(), true);
    } catch (GeneralSecurityException e) {
      throw new IOException("cannot use TLS: " + e.getMessage(), e);
    }
  }

  /** Takes any certificate: whoever is on the way can read and change everything. */
  public static Tls unchecked() {
    try {
      return new Tls(context(new TrustManager[] {new TrustAnyone()}), false);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("cannot use TLS", e);
    }
  }

  private static SSLContext standard() throws GeneralSecurityException {
    return SSLContext.getDefault();
  }

  private static SSLContext trusting(Path pem) throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    try (InputStream in = Files.newInputStream(pem)) {
      int number = 0;
      for (Certificate authority :
          CertificateFactory.getInstance("X.509").generateCertificates(in)) {
        store.setCertificateEntry("authority" + number++, authority);
      }
    } catch (IOException | GeneralSecurityException e) {
      throw new IOException("cannot read certificates from " + pem + ": " + e.getMessage(), e);
    }
    var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(store);
    return context(factory.getTrustManagers());
  }

  private static SSLContext context(TrustManager[] managers) throws GeneralSecurityException {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, managers, null);
    return context;
  }

  /** Shakes hands over a connected socket, which the result closes. */
  Connection over(Socket socket, String host, int port) throws IOException {
    SSLSocket secure =
        (SSLSocket) context.getSocketFactory().createSocket(socket, host, port, true);
    try {
      SSLParameters parameters = secure.getSSLParameters();
      parameters.setProtocols(VERSIONS);
      if (checked) {
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
      }
      secure.setSSLParameters(parameters);
      secure.startHandshake();
      return new SecureConnection(secure);
    } catch (IOException | UncheckedIOException e) {
      secure.close();
      throw e;
    }
  }

  private record SecureConnection(SSLSocket socket) implements Connection {
    @Override
    public InputStream input() throws IOException {
      return socket.getInputStream();
    }

    @Override
    public OutputStream output() throws IOException {
      return socket.getOutputStream();
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }

  /** What {@code --no-check-certificate} asks for. */
  private static final class TrustAnyone extends X509ExtendedTrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
