package dev.remora.agent.template;

import io.pebbletemplates.pebble.extension.Filter;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The filters: formats, quoting, and Pebble's list filters made bounded. */
final class Filters {
  private static final int INDENT_MAX = 1000;
  private static final int HASH_CHARS = 8;

  private final Map<String, Filter> filters = new LinkedHashMap<>();
  private final CurrentEvaluation current;

  private Filters(CurrentEvaluation current) {
    this.current = current;
  }

  static Map<String, Filter> all(CurrentEvaluation current) {
    Filters made = new Filters(current);
    made.add("json", List.of(), (input, evaluation, _) -> Json.write(input, evaluation));
    made.add("yaml", List.of(), (input, evaluation, _) -> Yaml.write(input, evaluation));
    made.add("toml", List.of(), (input, evaluation, _) -> Toml.write(input, evaluation));
    made.add("parse_json", List.of(), Filters::parseJson);
    made.addText("base64", text -> Base64.getEncoder().encodeToString(bytes(text)));
    made.add("base64decode", List.of(), Filters::base64Decode);
    made.addText("quote", Json::quoted);
    made.add("shell", List.of(), Filters::shell);
    made.add("indent", List.of("width"), Filters::indent);
    made.addText("sha256", Filters::sha256);
    made.add("safe_name", List.of("allowed"), Filters::safeName);
    made.add("join", List.of("separator"), Filters::join);
    made.add("merge", List.of("items"), Filters::merge);
    made.add("replace", List.of("replace_pairs"), Filters::replace);
    made.add("split", List.of("delimiter"), Filters::split);
    made.add("slice", List.of("fromIndex", "toIndex"), Filters::slice);
    made.add("sort", List.of(), (in, evaluation, _) -> sorted("sort", in, evaluation));
    made.add("rsort", List.of(), (in, evaluation, _) -> sorted("rsort", in, evaluation).reversed());
    made.add(
        "reverse",
        List.of(),
        (in, evaluation, _) -> new ArrayList<>(list("reverse", in, evaluation)).reversed());
    return made.filters;
  }

  private interface TextFilter {
    String apply(String text);
  }

  private void add(String name, List<String> argumentNames, Call.FilterBody body) {
    filters.put(name, Call.filter(current, name, argumentNames, body));
  }

  private void addText(String name, TextFilter filter) {
    add(name, List.of(), (input, evaluation, _) -> filter.apply(text(input, evaluation)));
  }

  private static String text(@Nullable Object input, Evaluation evaluation) {
    return PrintedExpression.text(input, evaluation);
  }

  private static List<?> list(String filter, @Nullable Object input, Evaluation evaluation) {
    if (!(input instanceof List<?> list)) {
      throw evaluation.refuse(filter + " needs a list");
    }
    evaluation.charge(list.size());
    return list;
  }

  private static @Nullable Object parseJson(
      @Nullable Object input, Evaluation evaluation, Call.Arguments arguments) {
    String text = text(input, evaluation);
    evaluation.bound(text.length());
    try {
      return Json.parse(text, evaluation);
    } catch (Json.MalformedException e) {
      throw evaluation.refuse("parse_json: " + e.getMessage());
    }
  }

  private static Object base64Decode(
      @Nullable Object input, Evaluation evaluation, Call.Arguments arguments) {
    try {
      byte[] decoded = Base64.getDecoder().decode(text(input, evaluation).strip());
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(decoded)).toString();
    } catch (IllegalArgumentException e) {
      throw evaluation.refuse("base64decode: not base64");
    } catch (CharacterCodingException e) {
      throw evaluation.refuse("base64decode: not UTF-8 text");
    }
  }

  /** One word of a POSIX shell, whatever is in it. NUL has no place in one. */
  private static Object shell(
      @Nullable Object input, Evaluation evaluation, Call.Arguments arguments) {
    String text = text(input, evaluation);
    if (text.indexOf('\0') >= 0) {
      throw evaluation.refuse("shell: a NUL character cannot be quoted");
    }
    evaluation.bound(4L * text.length());
    return "'" + text.replace("'", "'\\''") + "'";
  }

  /** Indents every line but the first and the empty ones, so that it follows what is before it. */
  private static Object indent(
      @Nullable Object input, Evaluation evaluation, Call.Arguments arguments) {
    long width = arguments.number("width", 2);
    if (width < 0 || width > INDENT_MAX) {
      throw evaluation.refuse("indent: width is from 0 to " + INDENT_MAX);
    }
    String text = text(input, evaluation);
    long newlines = text.chars().filter(c -> c == '\n').count();
    evaluation.bound(text.length() + newlines * width);
    return text.replaceAll("\n(?=[^\n])", "\n" + " ".repeat((int) width));
  }

  private static String sha256(String text) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes(text)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /**
   * A name made of letters, digits and a few allowed characters, of which the first stands for all
   * others. One that is safe stays as it is; another gets a part of its hash, so that two names
   * never become one.
   */
  private static Object safeName(
      @Nullable Object input, Evaluation evaluation, Call.Arguments arguments) {
    String allowed = arguments.optionalText("allowed");
    String kept = allowed == null ? "_.-" : allowed;
    if (kept.isEmpty()) {
      throw evaluation.refuse("safe_name: allowed is empty");
    }
    String text = text(input, evaluation);
    StringBuilder name = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean isSafe = (c < 0x80 && Character.isLetterOrDigit(c)) || kept.indexOf(c) >= 0;
      name.append(isSafe ? c : kept.charAt(0));
    }
    return name.toString().equals(text) && !text.isEmpty()
        ? text
        : name.append(kept.charAt(0)).append(sha256(text), 0, HASH_CHARS).toString();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static Object join(
      @Nullable Object input, Evaluation evaluation, Call.Arguments arguments) {
    String separator = arguments.optionalText("separator");
    StringBuilder joined = new StringBuilder();
    boolean isFirst = true;
    for (Object element : list("join", input, evaluation)) {
      if (!isFirst && separator != null) {
        joined.append(separator);
      }
      String text = text(element, evaluation);
      evaluation.bound((long) joined.length() + text.length());
      joined.append(text);
      isFirst = false;
    }
    return joined.toString();
  }

  private static Object merge(
      @Nullable Object input, Evaluation evaluation, Call.Arguments arguments) {
    Object items = arguments.get("items");
    if (input instanceof Map<?, ?> map && items instanceof Map<?, ?> more) {
      evaluation.boundList((long) map.size() + more.size());
      Map<Object, @Nullable Object> merged = new LinkedHashMap<>();
      Ordered.entries(map).forEach(entry -> merged.put(entry.getKey(), entry.getValue()));
      Ordered.entries(more).forEach(entry -> merged.put(entry.getKey(), entry.getValue()));
      return merged;
    }
    if (input instanceof List<?> list && items instanceof List<?> more) {
      evaluation.boundList((long) list.size() + more.size());
      List<@Nullable Object> merged = new ArrayList<>(list);
      merged.addAll(more);
      return merged;
    }
    throw evaluation.refuse("merge needs two maps or two lists");
  }

  private static Object replace(
      @Nullable Object input, Evaluation evaluation, Call.Arguments arguments) {
    if (!(arguments.get("replace_pairs") instanceof Map<?, ?> pairs)) {
      throw evaluation.refuse("replace needs a map such as {\"old\": \"new\"}");
    }
    String text = text(input, evaluation);
    for (Map.Entry<?, ?> pair : Ordered.entries(pairs)) {
      String old = String.valueOf(pair.getKey());
      if (old.isEmpty()) {
        throw evaluation.refuse("replace: an empty string cannot be replaced");
      }
      text = replaceOne(text, old, text(pair.getValue(), evaluation), evaluation);
    }
    return text;
  }

  private static String replaceOne(
      String text, String old, String replacement, Evaluation evaluation) {
    evaluation.search(text, old);
    long found = 0;
    for (int i = text.indexOf(old); i >= 0; i = text.indexOf(old, i + old.length())) {
      found++;
    }
    evaluation.bound(text.length() + found * (replacement.length() - old.length()));
    return found == 0 ? text : text.replace(old, replacement);
  }

  /** The delimiter is taken literally: a regular expression over a hostile value may never end. */
  private static Object split(
      @Nullable Object input, Evaluation evaluation, Call.Arguments arguments) {
    String delimiter = arguments.text("delimiter");
    String text = text(input, evaluation);
    if (delimiter.isEmpty()) {
      throw evaluation.refuse("split: the delimiter is empty");
    }
    evaluation.search(text, delimiter);
    List<String> parts = new ArrayList<>();
    int start = 0;
    for (int end = text.indexOf(delimiter); end >= 0; end = text.indexOf(delimiter, start)) {
      evaluation.grow(parts.size());
      parts.add(text.substring(start, end));
      start = end + delimiter.length();
    }
    parts.add(text.substring(start));
    return parts;
  }

  /** Ends beyond the input are cut to it. */
  private static Object slice(
      @Nullable Object input, Evaluation evaluation, Call.Arguments arguments) {
    int length = input instanceof List<?> list ? list.size() : text(input, evaluation).length();
    int from = Math.clamp(arguments.number("fromIndex", 0), 0, length);
    int to = Math.clamp(arguments.number("toIndex", length), from, length);
    if (input instanceof List<?> list) {
      evaluation.charge(to - from);
      return new ArrayList<>(list.subList(from, to));
    }
    return text(input, evaluation).substring(from, to);
  }

  /** Numbers by size, before strings by code unit. */
  private static List<?> sorted(String filter, @Nullable Object input, Evaluation evaluation) {
    List<Object> sorted = new ArrayList<>();
    for (Object element : list(filter, input, evaluation)) {
      if (element instanceof Map<?, ?> || element instanceof List<?> || element == null) {
        throw evaluation.refuse(filter + " needs a list of strings or numbers");
      }
      sorted.add(element);
    }
    sorted.sort(
        Comparator.<Object, Boolean>comparing(element -> !(element instanceof Number))
            .thenComparingDouble(e -> e instanceof Number number ? number.doubleValue() : 0)
            .thenComparing(element -> text(element, evaluation)));
    return sorted;
  }
}
