package dev.remora.server.fuzz;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One request. In its texts each character stands for one byte, 0 to 255.
 *
 * @param method any word
 * @param target as it goes onto the request line
 * @param contentType the header; null for none
 * @param body may be empty
 * @param isChunked whether the body is sent in chunks
 */
record Request(
    String method,
    String target,
    @org.jspecify.annotations.Nullable String contentType,
    String body,
    boolean isChunked) {
  private static final Pattern FIRST_SORTED = Pattern.compile("[?&]sorted=([^&]*)");
  private static final Pattern TRUE = Pattern.compile("1|t|T|true|TRUE|True");

  /** One without a body. */
  static Request of(String method, String target) {
    return new Request(method, target, null, "", false);
  }

  /** Whether it may be answered late, or never: a watch, or close enough to one. */
  boolean mayWait() {
    return method.equals("GET") && target.contains("wait=");
  }

  /** Whether the order of children is part of what it asks for. */
  boolean isSorted() {
    Matcher first = FIRST_SORTED.matcher(target);
    return first.find() && TRUE.matcher(first.group(1)).matches();
  }

  /** What goes over the wire. */
  byte[] bytes() {
    StringBuilder text = new StringBuilder();
    text.append(method).append(' ').append(target).append(" HTTP/1.1\r\nHost: 127.0.0.1\r\n");
    if (contentType != null) {
      text.append("Content-Type: ").append(contentType).append("\r\n");
    }
    if (isChunked) {
      text.append("Transfer-Encoding: chunked\r\n\r\n");
      if (!body.isEmpty()) {
        text.append(Integer.toHexString(body.length())).append("\r\n").append(body).append("\r\n");
      }
      text.append("0\r\n\r\n");
    } else {
      if (!body.isEmpty() || method.equals("PUT") || method.equals("POST")) {
        text.append("Content-Length: ").append(body.length()).append("\r\n");
      }
      text.append("\r\n").append(body);
    }
    return text.toString().getBytes(StandardCharsets.ISO_8859_1);
  }

  /** The same as a command line for bash. */
  String curl(URI server) {
    StringBuilder command = new StringBuilder("curl -sig --path-as-is ");
    command.append(method.equals("HEAD") ? "-I" : "-X " + quoted(method));
    String url = target.startsWith("/") ? server + target : server + "/";
    if (!target.startsWith("/")) {
      command.append(" --request-target ").append(quoted(target));
    }
    command.append(' ').append(quoted(url));
    if (contentType != null || !body.isEmpty()) {
      String header = contentType == null ? "Content-Type:" : "Content-Type: " + contentType;
      command.append(" -H ").append(quoted(header.endsWith(": ") ? "Content-Type;" : header));
    }
    if (isChunked) {
      command.append(" -H 'Transfer-Encoding: chunked'");
    }
    if (!body.isEmpty()) {
      command.append(" --data-binary ").append(quoted(body));
    }
    return command.toString();
  }

  private static String quoted(String text) {
    StringBuilder quoted = new StringBuilder("$'");
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\'' || c == '\\') {
        quoted.append('\\').append(c);
      } else if (c < ' ' || c >= 0x7f) {
        quoted.append(String.format("\\x%02x", (int) c));
      } else {
        quoted.append(c);
      }
    }
    return quoted.append('\'').toString();
  }

  @Override
  public String toString() {
    String type = contentType == null ? "" : "\nContent-Type: " + contentType;
    return method + " " + target + type + "\n\n" + body;
  }
}
