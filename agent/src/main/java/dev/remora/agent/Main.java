package dev.remora.agent;

import dev.remora.agent.config.AgentConfig;
import dev.remora.agent.config.Environment;
import dev.remora.agent.config.InvalidConfigException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

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
    commandLine.addSubcommand("test", new FixtureTools.Tester());
    commandLine.addSubcommand("record", new FixtureTools.Recorder());
    commandLine.addSubcommand("status", new Status());
    commandLine.addSubcommand("health", new Health());
    commandLine.addSubcommand("services", new Services());
    commandLine.addSubcommand("drain", new Drain());
    commandLine.addSubcommand("explain", new Explain());
    commandLine.addSubcommand("rollback", new Rollback());
    commandLine.addSubcommand("watch", new Watch());
    commandLine.addSubcommand("lock", new Lock());
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
        "Nothing is registered. The daemon's order is kept: each file is staged, checked, put in"
            + " place, and its reload runs; what is unchanged is left alone. A reload that fails,"
            + " or is cut off, is owed and done by whoever runs next. All templates are rendered,"
            + " also after one has failed; the exit code is that of the first trouble.",
        "",
        "With --dry-run nothing is written, checked or reloaded. --diff shows what changes, and"
            + " values with it, but of a sensitive template only that it changes.",
        ""
      },
      footerHeading = "%nExit codes:%n",
      footer = {
        "  0  done",
        "  1  a destination cannot be written",
        "  2  the configuration or the command line is wrong",
        "  3  a template fails: file:line:column and why",
        "  4  a key is missing in time (--timeout)",
        "  5  a check fails",
        "  6  a reload fails",
        "  7  the registry gives no answer in time"
      })
  private static final class Render {}

  @Command(
      name = "status",
      usageHelpAutoWidth = true,
      header = "Tells how the running agent is; 0 if it is ready.")
  private static final class Status {}

  @Command(
      name = "health",
      usageHelpAutoWidth = true,
      header = "Asks the running agent whether it is ready; 0 if so. For health checks.")
  private static final class Health {}

  @Command(
      name = "services",
      usageHelpAutoWidth = true,
      header = "Lists the services of the running agent.")
  private static final class Services {}

  @Command(
      name = "drain",
      usageHelpAutoWidth = true,
      header = "Takes the services of the running agent out of use, then ends it.")
  private static final class Drain {
    @Option(
        names = "--wait",
        paramLabel = "DURATION",
        defaultValue = "",
        description = "How long they are shown as draining before they go, such as 15s.")
    private String wait = "";
  }

  @Command(
      name = "explain",
      usageHelpAutoWidth = true,
      header = "Tells why a group of files is as it is; 0 if it is in sync.",
      description = {
        "",
        "Which keys it was rendered of and at which revisions, what has changed of them, why it is"
            + " held back, and when something is done next. Keys are shown, values never.",
        ""
      })
  private static final class Explain {
    @Parameters(
        index = "0",
        paramLabel = "GROUP",
        description = "Name of the group; of a single template, its destination.")
    private String group = "";
  }

  @Command(
      name = "rollback",
      usageHelpAutoWidth = true,
      header = "Puts the earlier version of a group's files back.",
      description = {
        "",
        "The program is reloaded with it. It stays until the templates make something else than"
            + " they do now.",
        ""
      })
  private static final class Rollback {
    @Parameters(
        index = "0",
        paramLabel = "GROUP",
        description = "Name of the group; of a single template, its destination.")
    private String group = "";
  }

  @Command(
      name = "watch",
      usageHelpAutoWidth = true,
      header = "Runs a command at each change below a prefix.",
      description = "Changed keys come as JSON lines on its standard input.")
  private static final class Watch {
    @Parameters(index = "0", paramLabel = "PREFIX")
    private String prefix = "";

    @Parameters(index = "1..*", arity = "1..*", paramLabel = "COMMAND")
    private List<String> command = new ArrayList<>();
  }

  @Command(
      name = "lock",
      usageHelpAutoWidth = true,
      header = "Runs a command while it holds a lock.",
      description = {
        "Who asks first gets it first. REMORA_LOCK_REVISION in the environment of the command is a"
            + " number that grows from holder to holder. The command is stopped when the lock is"
            + " lost; then the exit code is 8, otherwise that of the command."
      })
  private static final class Lock {
    @Parameters(index = "0", paramLabel = "NAME")
    private String name = "";

    @Parameters(index = "1..*", arity = "1..*", paramLabel = "COMMAND")
    private List<String> command = new ArrayList<>();
  }

  private int execute(CommandLine.ParseResult parsed) {
    Integer help = CommandLine.executeHelpRequest(parsed);
    if (help != null) {
      return help;
    }
    Object tool = parsed.hasSubcommand() ? parsed.subcommand().commandSpec().userObject() : this;
    if (tool instanceof FixtureTools.Tester test) {
      return new FixtureTools(System.out, System.err).test(test);
    }
    boolean isTool = tool != this && !(tool instanceof Render);
    if (config == null && !isTool) {
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
      loaded =
          config == null
              ? AgentConfig.defaults(environment)
              : AgentConfig.load(config, environment);
    } catch (InvalidConfigException e) {
      e.problems().forEach(problem -> System.err.println("error: " + problem));
      return CommandLine.ExitCode.USAGE;
    }
    if (tool instanceof Health) {
      return HealthCheck.run(loaded.listen(), System.err);
    }
    Wiring wiring = new Wiring(loaded, environment, version());
    Tools tools = new Tools(loaded, wiring, System.out, System.err);
    return switch (tool) {
      case Status _ -> tools.status();
      case Services _ -> tools.services();
      case Drain drain -> tools.drain(drain.wait);
      case Explain explain -> new GroupTools(tools, System.out).explain(explain.group);
      case Rollback rollback -> new GroupTools(tools, System.out).rollBack(rollback.group);
      case Watch watch -> tools.watch(watch.prefix, watch.command);
      case Lock lock -> lock(tools, lock);
      case FixtureTools.Recorder record ->
          new FixtureTools(System.out, System.err).record(record, wiring);
      case Render _ -> renderOnce(wiring);
      default -> isOnce || isDry || showsDiff ? renderOnce(wiring) : daemon(wiring);
    };
  }

  private static int lock(Tools tools, Lock lock) {
    if (lock.name.isEmpty() || lock.name.startsWith("/") || lock.name.endsWith("/")) {
      System.err.println("error: a lock's name must not be empty, nor begin or end with '/'");
      return CommandLine.ExitCode.USAGE;
    }
    return tools.lock(lock.name, lock.command);
  }

  private int renderOnce(Wiring wiring) {
    return wiring.renderOnce(isDry, showsDiff, Duration.ofSeconds(timeoutSeconds));
  }

  private int daemon(Wiring wiring) {
    return config == null ? CommandLine.ExitCode.USAGE : new Daemon(wiring, config).run();
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
