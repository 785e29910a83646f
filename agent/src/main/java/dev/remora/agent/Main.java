package dev.remora.agent;

import dev.remora.agent.config.AgentConfig;
import dev.remora.agent.config.Environment;
import dev.remora.agent.config.InvalidConfigException;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Reads the command line and the configuration, and starts what they ask for. */
@Command(
    name = "agent",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    sortOptions = false,
    usageHelpAutoWidth = true,
    header = "Registers services, watches a registry, and renders configuration files.",
    description = {
      "",
      "Runs until SIGTERM or SIGINT: registers the services of the configuration under one lease,"
          + " renders each template whenever something it uses changes, checks the result, puts it"
          + " in place and runs the reload. The registry is etcd 3.4 or newer, or Remora's own.",
      "",
      "A file that works is never replaced by one that does not: while the registry is away, a key"
          + " is missing or a check fails, the last good file stands.",
      ""
    },
    footerHeading = "%nExit codes:%n",
    footer = {
      "  0  done; stopped by a signal",
      "  1  a destination cannot be written",
      "  2  the configuration or the command line is wrong",
      "  3  a template fails            (these with render, --once, --dry-run)",
      "  4  a key is missing in time",
      "  5  a check fails",
      "  6  a reload fails",
      "  7  the registry gives no answer"
    })
public final class Main {
  @Option(
      names = "--config",
      paramLabel = "FILE_OR_DIR",
      scope = CommandLine.ScopeType.INHERIT,
      description = "YAML file, or a directory whose *.yaml files are merged in lexical order.")
  private @Nullable Path config;

  @Option(
      names = "--once",
      scope = CommandLine.ScopeType.INHERIT,
      description = "Render once and exit: short for 'agent render'.")
  private boolean isOnce;

  @Option(
      names = "--dry-run",
      scope = CommandLine.ScopeType.INHERIT,
      description = "Render once, write nothing, and say what would change.")
  private boolean isDry;

  @Option(
      names = "--diff",
      scope = CommandLine.ScopeType.INHERIT,
      description = "Show what changes as a unified diff. This shows values.")
  private boolean showsDiff;

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      defaultValue = "10",
      scope = CommandLine.ScopeType.INHERIT,
      description = "How long one render waits for the registry and for missing keys (default 10).")
  private long timeoutSeconds;

  private Main() {}

  /** Runs until done or stopped, and exits with the code that says how. */
  public static void main(String[] args) {
    Main main = new Main();
    CommandLine commandLine = new CommandLine(main);
    commandLine.addSubcommand("render", new Render());
    commandLine.setExecutionStrategy(parsed -> main.execute(parsed));
    commandLine.setParameterExceptionHandler((mistake, _) -> {
      System.err.println("error: " + mistake.getMessage() + "; see --help");
      return CommandLine.ExitCode.USAGE;
    });
    int code = commandLine.execute(args);
    if (code != Daemon.RUNNING) {
      System.exit(code);
    }
  }

  /** Exists for its name and help; the options are the parent's. */
  @Command(
      name = "render",
      sortOptions = false,
      usageHelpAutoWidth = true,
      header = "Renders every template once, and exits.",
      description = {
        "",
        "Nothing is registered. With --dry-run nothing is written, checked or reloaded either.",
        ""
      })
  private static final class Render {}

  private int execute(CommandLine.ParseResult parsed) {
    Integer help = CommandLine.executeHelpRequest(parsed);
    if (help != null) {
      return help;
    }
    if (config == null) {
      System.err.println("error: --config FILE_OR_DIR is missing; see --help");
      return CommandLine.ExitCode.USAGE;
    }
    if (timeoutSeconds < 0 || timeoutSeconds > Duration.ofDays(1).toSeconds()) {
      System.err.println("error: --timeout must be from 0 to 86400 seconds");
      return CommandLine.ExitCode.USAGE;
    }
    Environment environment = Environment.ofProcess();
    AgentConfig loaded;
    try {
      loaded = AgentConfig.load(config, environment);
    } catch (InvalidConfigException e) {
      e.problems().forEach(problem -> System.err.println("error: " + problem));
      return CommandLine.ExitCode.USAGE;
    }
    Wiring wiring = new Wiring(loaded, environment, version());
    boolean isSingle = parsed.hasSubcommand() || isOnce || isDry || showsDiff;
    return isSingle
        ? wiring.renderOnce(isDry, showsDiff, Duration.ofSeconds(timeoutSeconds))
        : new Daemon(wiring).run();
  }

  private static String version() {
    String version = Main.class.getPackage().getImplementationVersion();
    return version == null ? "unpackaged" : version;
  }

  /** What {@code --version} prints. */
  static final class Version implements CommandLine.IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {"Remora agent " + version()};
    }
  }
}
