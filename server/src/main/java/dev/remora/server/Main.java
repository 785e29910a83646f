package dev.remora.server;

import dev.remora.server.config.CommandLine;
import dev.remora.server.config.InvalidConfigException;
import dev.remora.server.config.ServerConfig;
import dev.remora.server.health.ServiceManager;
import dev.remora.server.storage.StorageException;
import java.util.Arrays;
import org.slf4j.LoggerFactory;

/** Starts the server, and stops it on SIGTERM and SIGINT. */
public final class Main {
  static final int EXIT_FAILED = 1;
  private static final int EXIT_CONFIG = 2;

  private Main() {}

  /** Runs until stopped: exit code 0 after a signal, 1 if it cannot run, 2 for bad settings. */
  public static void main(String[] arguments) {
    boolean isCheck = arguments.length > 0 && arguments[0].equals(CommandLine.HEALTH);
    String[] flags = isCheck ? Arrays.copyOfRange(arguments, 1, arguments.length) : arguments;
    try {
      switch (CommandLine.read(flags, version())) {
        case CommandLine.Request.Print(String text) -> System.out.print(text);
        case CommandLine.Request.Run(ServerConfig config) -> {
          if (isCheck) {
            System.exit(HealthCheck.run(config, System.err));
          }
          run(config);
        }
      }
    } catch (InvalidConfigException e) {
      e.problems().forEach(problem -> System.err.println("remora server: " + problem));
      System.exit(EXIT_CONFIG);
    } catch (StorageException | StartException e) {
      System.err.println("remora server: " + e.getMessage());
      System.exit(EXIT_FAILED);
    }
  }

  private static void run(ServerConfig config)
      throws InvalidConfigException, StorageException, StartException {
    ServiceManager manager = new ServiceManager(CommandLine.serviceManager());
    Certificates.check(config);
    Logs.use(config);
    LoggerFactory.getLogger(Main.class).info("{} {}", version(), config);
    Server server = Server.start(config, manager);
    Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(server, manager), "stop"));
  }

  private static void stop(Server server, ServiceManager manager) {
    manager.tellStopping();
    LoggerFactory.getLogger(Main.class).info("stopping");
    server.stop();
    LoggerFactory.getLogger(Main.class).info("stopped");
    // A signal was asked for and obeyed: that is no failure, though the JVM would say 143.
    Runtime.getRuntime().halt(0);
  }

  static String version() {
    String version = Main.class.getPackage().getImplementationVersion();
    return "remora " + (version == null ? "(from classes)" : version) + " (etcd API 3.4)";
  }
}
