package dev.remora.agent.config;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How the registry is reached.
 *
 * @param endpoints URLs, tried in this order
 * @param prefix put before every path; empty by default
 * @param requestTimeout bound of one request to one endpoint; 5 s by default
 * @param username null where the registry asks for none
 * @param passwordFile holds the password alone; null without a user name
 * @param ca PEM file of the authorities that are trusted, or null for the JVM's
 * @param certificate PEM file of the agent's own certificate, or null
 * @param key PEM file of its key, or null
 */
public record RegistryConfig(
    List<URI> endpoints,
    String prefix,
    Duration requestTimeout,
    @Nullable String username,
    @Nullable Path passwordFile,
    @Nullable Path ca,
    @Nullable Path certificate,
    @Nullable Path key) {
  private static final int ENDPOINTS_MAX = 100;
  private static final Duration REQUEST_TIMEOUT_MAX = Duration.ofMinutes(5);

  public RegistryConfig {
    endpoints = List.copyOf(endpoints);
  }

  static RegistryConfig read(Section root) {
    Section registry = root.section("registry");
    List<URI> endpoints = endpoints(registry);
    String prefix = Names.prefix(registry);
    Duration requestTimeout =
        AgentConfig.between(
            registry,
            "request_timeout",
            Duration.ofSeconds(5),
            Duration.ofMillis(10),
            REQUEST_TIMEOUT_MAX);
    String username = registry.text("username");
    Path passwordFile = registry.file("password_file");
    if ((username == null) != (passwordFile == null)) {
      registry.problem(
          username == null ? "password_file" : "username",
          "username and password_file belong together");
    }
    Section tls = registry.section("tls");
    Path ca = tls.file("ca");
    Path certificate = tls.file("cert");
    Path key = tls.file("key");
    if ((certificate == null) != (key == null)) {
      tls.problem(certificate == null ? "key" : "cert", "cert and key belong together");
    }
    tls.finish();
    registry.finish();
    return new RegistryConfig(
        endpoints, prefix, requestTimeout, username, passwordFile, ca, certificate, key);
  }

  private static List<URI> endpoints(Section registry) {
    List<URI> endpoints = new ArrayList<>();
    List<String> texts = registry.texts("endpoints", List.of("http://127.0.0.1:2379"));
    if (texts.isEmpty() || texts.size() > ENDPOINTS_MAX) {
      registry.problem("endpoints", "must name from 1 to " + ENDPOINTS_MAX + " URLs");
    }
    for (String text : texts) {
      if (isUrl(text)) {
        endpoints.add(URI.create(text));
      } else {
        // The text is not shown: it may hold a password.
        registry.problem("endpoints", "must be URLs such as http://127.0.0.1:2379");
      }
    }
    return endpoints;
  }

  private static boolean isUrl(String text) {
    URI uri;
    try {
      uri = new URI(text);
    } catch (java.net.URISyntaxException _) {
      return false;
    }
    boolean isBare = uri.getPath() == null || uri.getPath().isEmpty() || uri.getPath().equals("/");
    return ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))
        && uri.getHost() != null
        && uri.getPort() <= 65_535
        && uri.getUserInfo() == null
        && uri.getQuery() == null
        && isBare;
  }
}
