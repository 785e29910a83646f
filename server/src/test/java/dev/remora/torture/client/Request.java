package dev.remora.torture.client;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** What a client asks, at one of the doors. */
public sealed interface Request {
  /** The HTTP method. */
  String method();

  /** Path and query. */
  String target();

  /** The body's media type; nothing if there is no body. */
  String contentType();

  /** Empty if there is none. */
  String body();

  /**
   * A request to {@code /v2/keys}.
   *
   * @param key begins with a slash; letters that need no escape
   * @param parameters by name, sorted
   */
  record Keys(String method, String key, Map<String, String> parameters) implements Request {
    public Keys {
      parameters = new TreeMap<>(parameters);
    }

    /** A parameter's value, or empty text if it is not there. */
    public String parameter(String name) {
      return parameters.getOrDefault(name, "");
    }

    private boolean isForm() {
      return method.equals("PUT") || method.equals("POST");
    }

    private String encoded() {
      return parameters.entrySet().stream()
          .map(
              one -> one.getKey() + "=" + URLEncoder.encode(one.getValue(), StandardCharsets.UTF_8))
          .collect(Collectors.joining("&"));
    }

    @Override
    public String target() {
      return "/v2/keys" + key + (isForm() || parameters.isEmpty() ? "" : "?" + encoded());
    }

    @Override
    public String contentType() {
      return isForm() ? "application/x-www-form-urlencoded" : "";
    }

    @Override
    public String body() {
      return isForm() ? encoded() : "";
    }
  }

  /**
   * A request to the v3 JSON API.
   *
   * @param path such as {@code kv/txn}
   * @param body JSON
   */
  record V3(String path, String body) implements Request {
    @Override
    public String method() {
      return "POST";
    }

    @Override
    public String target() {
      return "/v3/" + path;
    }

    @Override
    public String contentType() {
      return "application/json";
    }
  }

  /**
   * A request to {@code /v2/members}.
   *
   * @param id of a member, in hex; empty of all
   * @param body JSON, or empty
   */
  record Members(String method, String id, String body) implements Request {
    @Override
    public String target() {
      return "/v2/members" + (id.isEmpty() ? "" : "/" + id);
    }

    @Override
    public String contentType() {
      return body.isEmpty() ? "" : "application/json";
    }
  }
}
