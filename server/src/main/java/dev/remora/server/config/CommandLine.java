package dev.remora.server.config;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Help;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** Reads the command line, and with it the environment and the file it may name. */
public final class CommandLine {
  /** Before the flags: not to run a server, but to ask the one that runs with these flags. */
  public static final String HEALTH = "health";

  private static final int WIDTH = 100;

  /** What the command line asks for. */
  public sealed interface Request {
    /** Run the server. */
    record Run(ServerConfig config) implements Request {}

    /** Print a text and end. */
    record Print(String text) implements Request {}
  }

  private CommandLine() {}

  /** Where who started this process wants to be told how it does, if they do: sd_notify(3). */
  public static Optional<String> serviceManager() {
    return Optional.ofNullable(System.getenv("NOTIFY_SOCKET"));
  }

  /** Reads all settings, with the environment of this process. */
  public static Request read(String[] arguments, String version) throws InvalidConfigException {
    return read(arguments, System.getenv(), version);
  }

  /**
   * Reads all settings.
   *
   * @param environment the process's environment; variables that are no settings are ignored, since
   *     others put theirs there too
   * @throws InvalidConfigException naming every mistake
   */
  static Request read(String[] arguments, Map<String, String> environment, String version)
      throws InvalidConfigException {
    picocli.CommandLine parser = new picocli.CommandLine(spec());
    parser.setOverwrittenOptionsAllowed(true); // The last one counts, as in etcd.
    ParseResult parsed;
    try {
      parsed = parser.parseArgs(arguments);
    } catch (ParameterException e) {
      throw new InvalidConfigException(List.of(String.valueOf(e.getMessage()) + hint(e)));
    }
    if (parsed.isUsageHelpRequested()) {
      return new Request.Print(parser.getUsageMessage(Help.Ansi.AUTO));
    }
    if (parsed.isVersionHelpRequested()) {
      return new Request.Print(version + System.lineSeparator());
    }
    Map<Setting, String> flags = flags(parsed);
    Map<Setting, String> variables = variables(environment);
    Map<Setting, String> values = new EnumMap<>(Setting.class);
    String file =
        flags.getOrDefault(Setting.CONFIG_FILE, variables.getOrDefault(Setting.CONFIG_FILE, ""));
    if (!file.isEmpty()) {
      values.putAll(file(Path.of(file)));
    }
    values.putAll(variables);
    values.putAll(flags);
    return new Request.Run(ServerConfig.from(values));
  }

  private static CommandSpec spec() {
    CommandSpec spec =
        CommandSpec.create()
            .name("remora server")
            .addOption(
                OptionSpec.builder("--help", "-h", "-help")
                    .usageHelp(true)
                    .description("Print this and end.")
                    .build())
            .addOption(
                OptionSpec.builder("--version", "-version")
                    .versionHelp(true)
                    .description("Print the version and end.")
                    .build());
    for (Setting setting : Setting.values()) {
      spec.addOption(option(setting));
    }
    spec.usageMessage()
        .customSynopsis("remora server [health] [--FLAG VALUE | --FLAG=VALUE]…")
        .description(
            "An etcd-compatible store: etcd's v2 and v3 APIs on one keyspace. With 'health' nothing"
                + " is started, but the server that runs with the same settings is asked: 0 if it"
                + " is ready.",
            "")
        .footer(
            "",
            "Each setting can also be given in the environment (--data-dir as REMORA_DATA_DIR) or"
                + " in the",
            "--config-file (data-dir: …). A flag wins over the environment, which wins over the"
                + " file.")
        .sortOptions(false)
        .width(WIDTH);
    return spec;
  }

  private static OptionSpec option(Setting setting) {
    boolean isSwitch = setting.argument().equals("true|false");
    return OptionSpec.builder("--" + setting.key(), "-" + setting.key())
        .type(String.class)
        .arity(isSwitch ? "0..1" : "1")
        .fallbackValue("true")
        .paramLabel(setting.argument())
        .description(
            setting.help()
                + (setting.fallback().isEmpty() ? "" : " (default: " + setting.fallback() + ")"))
        .build();
  }

  private static String hint(ParameterException e) {
    return e instanceof picocli.CommandLine.UnmatchedArgumentException unmatched
            && !unmatched.getSuggestions().isEmpty()
        ? "; did you mean " + String.join(" or ", unmatched.getSuggestions()) + "?"
        : "; --help lists the flags";
  }

  private static Map<Setting, String> flags(ParseResult parsed) {
    Map<Setting, String> flags = new EnumMap<>(Setting.class);
    for (Setting setting : Setting.values()) {
      if (parsed.hasMatchedOption("--" + setting.key())) {
        flags.put(setting, parsed.matchedOptionValue("--" + setting.key(), "true"));
      }
    }
    return flags;
  }

  private static Map<Setting, String> variables(Map<String, String> environment) {
    Map<Setting, String> variables = new EnumMap<>(Setting.class);
    for (Setting setting : Setting.values()) {
      String value = environment.get(setting.variable());
      if (value != null) {
        variables.put(setting, value);
      }
    }
    return variables;
  }

  private static Map<Setting, String> file(Path path) throws InvalidConfigException {
    Map<String, Object> entries;
    try {
      entries = new YAMLMapper().readValue(path.toFile(), new TypeReference<>() {});
    } catch (IOException e) {
      throw new InvalidConfigException(
          List.of("--config-file: cannot read " + path + ": " + firstLine(e)));
    }
    List<String> problems = new ArrayList<>();
    Map<Setting, String> values = new EnumMap<>(Setting.class);
    if (entries != null) {
      entries.forEach((key, value) ->
          Setting.of(key)
              .ifPresentOrElse(
                  setting -> values.put(setting, String.valueOf(value)),
                  () -> problems.add(path + ": unknown setting '" + key + "'")));
    }
    if (!problems.isEmpty()) {
      throw new InvalidConfigException(problems);
    }
    return values;
  }

  private static String firstLine(IOException e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
  }
}
