package dev.remora.agent.registry;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.ClientSSLOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The certificates of a connection, read from files that may be replaced while the agent runs. */
final class TlsFiles {
  private static final long FILE_BYTES_MAX = 1 << 20;

  private final Access access;
  private @Nullable Content last;

  TlsFiles(Access access) {
    this.access = access;
  }

  /** What the files held. */
  private record Content(@Nullable Buffer ca, @Nullable Buffer certificate, @Nullable Buffer key) {}

  /**
   * Reads the files, which blocks.
   *
   * @return the options, if they differ from those that were returned last
   */
  Optional<ClientSSLOptions> changed() throws IOException {
    Content content =
        new Content(read(access.ca()), read(access.certificate()), read(access.key()));
    if (content.equals(last)) {
      return Optional.empty();
    }
    last = content;
    return Optional.of(options(content));
  }

  private static ClientSSLOptions options(Content content) {
    ClientSSLOptions options = new ClientSSLOptions().setHostnameVerificationAlgorithm("HTTPS");
    if (content.ca() != null) {
      options.setTrustOptions(new PemTrustOptions().addCertValue(content.ca()));
    }
    if (content.certificate() != null && content.key() != null) {
      options.setKeyCertOptions(
          new PemKeyCertOptions().addCertValue(content.certificate()).addKeyValue(content.key()));
    }
    return options;
  }

  private static @Nullable Buffer read(@Nullable Path file) throws IOException {
    if (file == null) {
      return null;
    }
    if (Files.size(file) > FILE_BYTES_MAX) {
      throw new IOException(file + " is larger than " + FILE_BYTES_MAX + " bytes");
    }
    return Buffer.buffer(Files.readAllBytes(file));
  }
}
