package dev.remora.agent.config;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;

/** Reads {@code registry.endpoints}. */
final class Endpoints {
  private static final int ENDPOINTS_MAX = 100;

  private Endpoints() {}

  static List<URI> read(Section registry) {
    List<URI> endpoints = new ArrayList<>();
    List<String> texts = registry.texts("endpoints", List.of("http://127.0.0.1:2379"));
    if (texts.isEmpty() || texts.size() > ENDPOINTS_MAX) {
      registry.problem("endpoints", "must name from 1 to " + ENDPOINTS_MAX + " URLs");
    }
    for (String text : texts) {
      String mistake = mistake(text);
      if (mistake.isEmpty()) {
        endpoints.add(URI.create(text));
      } else {
        registry.problem("endpoints", mistake);
      }
    }
    return endpoints;
  }

  /** The text is not shown where it may hold a password. */
  private static String mistake(String text) {
    URI uri;
    try {
      uri = new URI(text);
    } catch (java.net.URISyntaxException _) {
      return "must be URLs such as http://127.0.0.1:2379";
    }
    if ("https".equals(uri.getScheme())) {
      return "https is not supported yet";
    }
    boolean isBare = uri.getPath() == null || uri.getPath().isEmpty() || uri.getPath().equals("/");
    boolean isGood =
        "http".equals(uri.getScheme())
            && uri.getHost() != null
            && uri.getPort() <= 65_535
            && uri.getUserInfo() == null
            && uri.getQuery() == null
            && isBare;
    return isGood ? "" : "must be URLs such as http://127.0.0.1:2379";
  }
}
