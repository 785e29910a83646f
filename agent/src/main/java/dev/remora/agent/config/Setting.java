package dev.remora.agent.config;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A piece of configuration and where it stands. */
sealed interface Setting {
  Mark at();

  /** A line of a file, for error messages; relative paths are relative to its directory. */
  record Mark(Path file, int line) {
    @Override
    public String toString() {
      return file + ":" + line;
    }
  }

  /** A scalar, as it was written. YAML's guesses at types are not asked. */
  record Text(Mark at, String value) implements Setting {}

  /** A list. */
  record Items(Mark at, List<Setting> values) implements Setting {
    public Items {
      values = List.copyOf(values);
    }
  }

  /** A map, in the order of the file. */
  record Fields(Mark at, Map<String, Field> values) implements Setting {
    public Fields {
      values = new LinkedHashMap<>(values);
    }
  }

  /** A key of a map and what it holds. */
  record Field(Mark at, Setting value) {}
}
