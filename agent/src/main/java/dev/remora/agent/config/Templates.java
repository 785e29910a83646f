package dev.remora.agent.config;

import dev.remora.agent.runner.TemplateSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Reads what one template makes, and sees that no two make the same. */
final class Templates {
  private static final String VARIABLE = "[A-Za-z_][A-Za-z0-9_]{0,63}";
  private static final String ACCOUNT = "[A-Za-z0-9_][A-Za-z0-9_.@-]{0,63}";
  private static final int MODE_OF_OTHERS = 07;

  private final TreeSet<String> destinations = new TreeSet<>();

  /** Directories that are swapped as a whole, with the group that does. */
  private final TreeMap<Path, String> linked = new TreeMap<>();

  /** Reads the keys of one; the caller finishes the section. */
  @Nullable TemplateSpec read(Section section, String group) {
    section.required("source");
    section.required("destination");
    Path source = section.file("source");
    if (source != null && !Files.isReadable(source)) {
      section.problem("source", "no readable file " + source);
    }
    TemplateSpec.ForEach forEach = forEach(section);
    String destination = destination(section, forEach);
    boolean isSensitive = section.flag("sensitive");
    Integer mode = mode(section);
    if (isSensitive && mode != null && (mode & MODE_OF_OTHERS) != 0) {
      section.problem("mode", "must give others nothing, since the file is sensitive");
    }
    TemplateSpec.Format format =
        section.choice("format", TemplateSpec.Format.ANY, TemplateSpec.Format.values(), 1);
    TemplateSpec.Write write =
        section.choice("write", TemplateSpec.Write.RENAME, TemplateSpec.Write.values(), 0);
    String owner = account(section, "owner");
    String ofGroup = account(section, "group");
    if (source == null || destination == null) {
      return null;
    }
    if (!destinations.add(destination)) {
      section.problem("destination", "is made by another template already");
    }
    if (write == TemplateSpec.Write.SYMLINK_DIR) {
      link(section, destination, group);
    }
    return new TemplateSpec(
        source, destination, mode, owner, ofGroup, format, isSensitive, write, forEach);
  }

  private void link(Section section, String destination, String group) {
    Path directory = Path.of(destination.substring(0, destination.lastIndexOf('/') + 1));
    if (directory.toString().contains("{")) {
      section.problem("write", "symlink_dir needs a directory that is the same for all items");
    } else if (!linked.computeIfAbsent(directory, _ -> group).equals(group)) {
      section.problem("write", directory + " is swapped as a whole by another group already");
    }
  }

  private static TemplateSpec.@Nullable ForEach forEach(Section above) {
    if (!above.has("for_each")) {
      return null;
    }
    Section section = above.section("for_each");
    String as = section.required("as");
    String in = section.required("in");
    if (!as.isEmpty() && !as.matches(VARIABLE)) {
      section.problem("as", "must be a name of letters, digits and _");
    }
    section.finish();
    return new TemplateSpec.ForEach(as, in);
  }

  private static @Nullable String destination(
      Section section, TemplateSpec.@Nullable ForEach forEach) {
    if (forEach == null) {
      Path file = section.file("destination");
      return file == null ? null : file.toAbsolutePath().normalize().toString();
    }
    String text = section.text("destination");
    if (text == null) {
      return null;
    }
    Path base = section.directory("destination");
    String whole = text.startsWith("/") ? text : base + "/" + text;
    int brace = whole.indexOf('{');
    if (brace < 0 || !whole.startsWith("{{", brace)) {
      section.problem("destination", "must name each item's file, as in /etc/x/{{ item.id }}.conf");
      return null;
    }
    if (List.of(whole.substring(0, brace).split("/", -1)).contains("..")) {
      section.problem("destination", "must not hold '..'");
      return null;
    }
    return whole;
  }

  private static @Nullable String account(Section section, String key) {
    String name = section.text(key);
    if (name != null && !name.matches(ACCOUNT)) {
      section.problem(key, "must be a name or a number");
    }
    return name;
  }

  private static @Nullable Integer mode(Section section) {
    String text = section.text("mode");
    if (text == null) {
      return null;
    }
    if (text.matches("0?[0-7]{3}")) {
      return Integer.parseInt(text, 8);
    }
    section.problem("mode", "must be three octal digits such as 0640, but is '" + text + "'");
    return null;
  }
}
