package dev.remora.server.tls;

import dev.remora.server.config.TlsFiles;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * How a program of this machine speaks to this very server: it shows the port's own certificate,
 * where one is asked for, and believes what it is shown, which no name of the machine may be in.
 */
public final class OwnPort {
  private OwnPort() {}

  /**
   * Makes sockets for it; reads the files.
   *
   * @throws BadCredentialsException naming every problem with them
   */
  public static SSLSocketFactory sockets(TlsFiles files) throws BadCredentialsException {
    KeyManager[] keys =
        Credentials.read(files, false, Instant.now())
            .keys()
            .map(KeyManagerFactory::getKeyManagers)
            .orElseGet(() -> new KeyManager[0]);
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys, new TrustManager[] {new Trusting()}, null);
      return context.getSocketFactory();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JVM speaks TLS", e);
    }
  }

  /** Nothing is secret or believed on this connection: a status is read over it. */
  private static final class Trusting extends X509ExtendedTrustManager {
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
