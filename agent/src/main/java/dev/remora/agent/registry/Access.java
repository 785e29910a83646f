package dev.remora.agent.registry;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How the registry is reached.
 *
 * @param endpoints URLs, tried in this order
 * @param timeout of one request to one endpoint
 * @param username null where the registry asks for none
 * @param passwordFile holds the password; read anew at each login
 * @param ca PEM file of the authorities that are trusted, or null for the JVM's
 * @param certificate PEM file of the own certificate, or null
 * @param key PEM file of its key, or null
 */
public record Access(
    List<URI> endpoints,
    Duration timeout,
    @Nullable String username,
    @Nullable Path passwordFile,
    @Nullable Path ca,
    @Nullable Path certificate,
    @Nullable Path key) {
  public Access {
    endpoints = List.copyOf(endpoints);
  }

  /** Without encryption and without a user. */
  public static Access plain(List<URI> endpoints, Duration timeout) {
    return new Access(endpoints, timeout, null, null, null, null, null);
  }

  boolean isEncrypted() {
    return endpoints.stream().anyMatch(endpoint -> "https".equals(endpoint.getScheme()));
  }
}
