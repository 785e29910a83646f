package dev.remora.agent.config;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import dev.remora.agent.config.Setting.Field;
import dev.remora.agent.config.Setting.Fields;
import dev.remora.agent.config.Setting.Items;
import dev.remora.agent.config.Setting.Mark;
import dev.remora.agent.config.Setting.Text;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads JSON into a tree of settings. Nothing in it is replaced by environment variables; a null is
 * as good as absent.
 */
final class JsonSettings {
  private static final int DEPTH_MAX = 20;
  private static final JsonFactory JSON =
      JsonFactory.builder()
          .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(DEPTH_MAX).build())
          .build();

  private final Path label;
  private final List<String> problems;

  private JsonSettings(Path label, List<String> problems) {
    this.label = label;
    this.problems = problems;
  }

  /** The map that the text is, or null if it is none, which is reported. */
  static @Nullable Fields read(Path label, String text, List<String> problems) {
    JsonSettings reader = new JsonSettings(label, problems);
    try (JsonParser parser = JSON.createParser(text)) {
      parser.nextToken();
      if (reader.value(parser) instanceof Fields fields && parser.nextToken() == null) {
        return fields;
      }
      problems.add(label + ":1: must be one JSON object");
    } catch (JsonProcessingException e) {
      int line = e.getLocation() == null ? 1 : e.getLocation().getLineNr();
      problems.add(label + ":" + line + ": not JSON: " + e.getOriginalMessage());
    } catch (IOException e) {
      throw new java.io.UncheckedIOException("reading a text", e);
    }
    return null;
  }

  private @Nullable Setting value(JsonParser parser) throws IOException {
    Mark at = mark(parser);
    JsonToken token = parser.currentToken();
    if (token == JsonToken.START_OBJECT) {
      return object(parser, at);
    }
    if (token == JsonToken.START_ARRAY) {
      List<Setting> items = new ArrayList<>();
      while (parser.nextToken() != JsonToken.END_ARRAY) {
        Setting item = value(parser);
        if (item != null) {
          items.add(item);
        }
      }
      return new Items(at, items);
    }
    return token == null || token == JsonToken.VALUE_NULL ? null : new Text(at, parser.getText());
  }

  private Fields object(JsonParser parser, Mark at) throws IOException {
    Map<String, Field> fields = new LinkedHashMap<>();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      Mark keyMark = mark(parser);
      String name = parser.currentName();
      parser.nextToken();
      Setting value = value(parser);
      if (value != null && fields.put(name, new Field(keyMark, value)) != null) {
        problems.add(keyMark + ": " + name + ": given twice");
      }
    }
    return new Fields(at, fields);
  }

  private Mark mark(JsonParser parser) {
    return new Mark(label, parser.currentTokenLocation().getLineNr());
  }
}
