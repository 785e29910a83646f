package dev.remora.agent.template;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** JSON to maps, lists, strings, numbers and booleans, and back. Keys keep their order. */
final class Json {
  private static final int DEPTH_MAX = 100;
  private static final int DIGITS_MAX = 50;

  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(DEPTH_MAX).build())
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .build();

  private Json() {}

  /** Text that is not JSON. The message holds none of the text. */
  static final class MalformedException extends Exception {
    private static final long serialVersionUID = 1L;

    MalformedException(String message) {
      super(message);
    }
  }

  /** A number that no template can mean. */
  private static final class NumberException extends IOException {
    private static final long serialVersionUID = 1L;
  }

  static @Nullable Object parse(String text, Evaluation evaluation) throws MalformedException {
    try (JsonParser parser = FACTORY.createParser(text)) {
      if (parser.nextToken() == null) {
        throw new MalformedException("it is empty");
      }
      Object value = value(parser, evaluation);
      if (parser.nextToken() != null) {
        throw new MalformedException("something follows it");
      }
      return value;
    } catch (NumberException e) {
      throw new MalformedException("a number is too large");
    } catch (IOException e) {
      // Jackson's message quotes the text, so it is not passed on.
      throw new MalformedException("not JSON");
    }
  }

  private static @Nullable Object value(JsonParser parser, Evaluation evaluation)
      throws IOException {
    evaluation.charge(1);
    return switch (parser.currentToken()) {
      case START_OBJECT -> object(parser, evaluation);
      case START_ARRAY -> array(parser, evaluation);
      case VALUE_STRING -> parser.getText();
      case VALUE_NUMBER_INT -> integer(parser);
      case VALUE_NUMBER_FLOAT -> fraction(parser);
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      case VALUE_NULL -> null;
      case NOT_AVAILABLE, END_OBJECT, END_ARRAY, FIELD_NAME, VALUE_EMBEDDED_OBJECT ->
          throw new IllegalStateException("not the start of a value: " + parser.currentToken());
    };
  }

  /** What does not fit a long keeps its digits: it is an identifier rather than a quantity. */
  private static Object integer(JsonParser parser) throws IOException {
    String digits = parser.getText();
    if (digits.length() > DIGITS_MAX) {
      throw new NumberException();
    }
    return switch (parser.getNumberType()) {
      case INT, LONG -> parser.getLongValue();
      case BIG_INTEGER, FLOAT, DOUBLE, BIG_DECIMAL -> new BigDecimal(digits);
    };
  }

  private static Object fraction(JsonParser parser) throws IOException {
    double value = parser.getDoubleValue();
    if (Double.isInfinite(value)) {
      throw new NumberException();
    }
    return value;
  }

  private static Map<String, @Nullable Object> object(JsonParser parser, Evaluation evaluation)
      throws IOException {
    Map<String, @Nullable Object> object = new LinkedHashMap<>();
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String name = parser.currentName();
      parser.nextToken();
      object.put(name, value(parser, evaluation));
    }
    return object;
  }

  private static List<@Nullable Object> array(JsonParser parser, Evaluation evaluation)
      throws IOException {
    List<@Nullable Object> array = new ArrayList<>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      evaluation.grow(array.size());
      array.add(value(parser, evaluation));
    }
    return array;
  }

  /** Compact JSON. Every value is a step, since a list can hold itself many times over. */
  static String write(@Nullable Object value, Evaluation evaluation) {
    StringBuilder out = new StringBuilder();
    write(out, value, evaluation, 0);
    return out.toString();
  }

  private static void write(
      StringBuilder out, @Nullable Object value, Evaluation evaluation, int depth) {
    chargeValue(out, evaluation, depth);
    switch (value) {
      case null -> out.append("null");
      case Map<?, ?> map -> {
        String separator = "{";
        for (Map.Entry<?, ?> entry : Ordered.entries(map)) {
          out.append(separator).append(quoted(String.valueOf(entry.getKey()))).append(':');
          write(out, entry.getValue(), evaluation, depth + 1);
          separator = ",";
        }
        out.append(map.isEmpty() ? "{}" : "}");
      }
      case List<?> list -> {
        String separator = "[";
        for (Object element : list) {
          out.append(separator);
          write(out, element, evaluation, depth + 1);
          separator = ",";
        }
        out.append(list.isEmpty() ? "[]" : "]");
      }
      case Number number -> out.append(number(number, evaluation));
      case Boolean truth -> out.append(truth);
      default -> out.append(quoted(PrintedExpression.text(value, evaluation)));
    }
  }

  /** What every writer of nested data does at each value. */
  static void chargeValue(StringBuilder out, Evaluation evaluation, int depth) {
    evaluation.charge(1);
    if (out.length() > evaluation.outputCharsMax()) {
      evaluation.bound(out.length());
    }
    if (depth > DEPTH_MAX) {
      throw evaluation.refuse("data is nested deeper than " + DEPTH_MAX);
    }
  }

  static String number(Number number, Evaluation evaluation) {
    String text = Numbers.text(number);
    if (text.equals("NaN") || text.endsWith("Infinity")) {
      throw evaluation.refuse("NaN and infinity cannot be written");
    }
    return text;
  }

  /** A JSON string; also valid in YAML, TOML and JavaScript. */
  static String quoted(String text) {
    StringBuilder out = new StringBuilder(text.length() + 2).append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        default -> {
          if (isUnprintable(c)) {
            out.append(String.format("\\u%04x", (int) c));
          } else {
            out.append(c);
          }
        }
      }
    }
    return out.append('"').toString();
  }

  private static boolean isUnprintable(char c) {
    return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x2028 || c == 0x2029 || c == 0xfeff;
  }
}
