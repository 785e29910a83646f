package dev.remora.server.api.v2;

import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A request's Content-Type (RFC 2045 §5.1), as far as etcd cares.
 *
 * @param isForm whether the body is a form
 * @param error what is wrong with it, in Go's words; empty if nothing is
 */
record MediaType(boolean isForm, String error) {
  private static final String FORM_NAME = "application/x-www-form-urlencoded";
  private static final MediaType FORM = new MediaType(true, "");
  private static final MediaType OTHER = new MediaType(false, "");

  private static final String TOKEN = "[!#$%&'*+\\-.^_`|~0-9A-Za-z]";
  private static final Pattern NAME =
      Pattern.compile("(" + TOKEN + "*)(?:(/)(" + TOKEN + "*))?(.*)", Pattern.DOTALL);
  private static final Pattern PARAMETER =
      Pattern.compile(
          "\\s*;\\s*("
              + TOKEN
              + "+)\\s*=\\s*("
              + TOKEN
              + "+|\"(?:[^\"\\\\\\r\\n]|\\\\[^\\r\\n])*\")");

  /** Reads a header; null if there is none. */
  static MediaType of(@Nullable String header) {
    if (header == null || header.isEmpty()) {
      return OTHER;
    }
    if (header.equals(FORM_NAME)) {
      return FORM;
    }
    int semicolon = header.indexOf(';');
    String name = (semicolon < 0 ? header : header.substring(0, semicolon)).strip();
    String error = errorOfName(name);
    if (error.isEmpty() && semicolon >= 0) {
      error = errorOfParameters(header.substring(semicolon));
    }
    return new MediaType(name.toLowerCase(Locale.ROOT).equals(FORM_NAME), error);
  }

  private static String errorOfName(String name) {
    Matcher parts = NAME.matcher(name);
    if (!parts.matches() || parts.group(1).isEmpty()) {
      return "mime: no media type";
    }
    boolean hasRest = !parts.group(4).isEmpty();
    if (parts.group(2) == null) {
      return hasRest ? "mime: expected slash after first token" : "";
    }
    if (parts.group(3).isEmpty()) {
      return "mime: expected token after slash";
    }
    return hasRest ? "mime: unexpected content after media subtype" : "";
  }

  private static String errorOfParameters(String text) {
    Set<String> seen = new HashSet<>();
    Matcher parameter = PARAMETER.matcher(text);
    int end = 0;
    while (parameter.region(end, text.length()).lookingAt()) {
      if (!seen.add(parameter.group(1).toLowerCase(Locale.ROOT))) {
        return "mime: duplicate parameter name";
      }
      end = parameter.end();
    }
    String rest = text.substring(end).strip();
    return rest.isEmpty() || rest.equals(";") ? "" : "mime: invalid media parameter";
  }
}
