import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Draws {@code docs/dev.svg}: runs {@code ./remora dev}, does in a second terminal what it proposes,
 * and shows each line when it really came. Only the time for typing is made up, and the checkout's
 * place is shown as {@code ~/remora}, the port as the usual one.
 *
 * <p>usage, from the root of the checkout: {@code java docs/Capture.java}
 */
final class Capture {
  private static final int COLUMNS = 100;
  private static final double CHAR = 8.43;
  private static final int ROW = 19;
  private static final int MARGIN = 14;
  private static final double TYPING = 0.018; // Seconds a character.
  private static final double PAUSE = 1.2; // Seconds between two commands.
  private static final double REST = 5; // Seconds that the last picture stands.
  private static final long PATIENCE_SECONDS = 300; // The first start builds.
  private static final Pattern STYLE = Pattern.compile("\u001b\\[([0-9;]*)m");

  /** What is seen from a time on, in seconds. */
  private record Line(double at, String text) {}

  private final List<Line> server = new ArrayList<>();
  private final List<Line> client = new ArrayList<>();
  private final Path root = Path.of("").toAbsolutePath();
  private long start;
  private boolean isOver;

  public static void main(String[] args) throws Exception {
    new Capture().run();
  }

  private void run() throws Exception {
    int port = freePort();
    Path dir = Files.createTempDirectory("remora");
    Process dev =
        new ProcessBuilder(
                "script",
                "-qefc",
                "./remora dev --port " + port + " --data-dir " + dir.resolve("dev"),
                "/dev/null")
            .redirectErrorStream(true)
            .start();
    Thread reader = Thread.ofVirtual().start(() -> read(dev, port, dir));
    try {
      await("Ctrl-C ends");
      await("revision 2");
      type("U=http://127.0.0.1:2379/v2/keys", port, dir);
      String instance = "'{\"id\":\"web-2\",\"address\":\"10.0.0.2\",\"port\":8080,\"status\":\"passing\"}'";
      type("curl -s $U/services/web/web-2 -XPUT -d value=" + instance + " >/dev/null", port, dir);
      await("revision 3");
      type("cat target/dev/rendered/upstreams.conf", port, dir);
      type("curl -s $U/services/web/web-2 -XDELETE >/dev/null", port, dir);
      await("revision 4");
      synchronized (this) {
        isOver = true;
      }
    } finally {
      // The shell below is the one that ends all it started.
      dev.descendants().filter(each -> each.info().commandLine().orElse("").contains("remora dev"))
          .forEach(ProcessHandle::destroy);
      dev.waitFor(20, TimeUnit.SECONDS);
      dev.destroy();
      reader.join();
    }
    Files.writeString(root.resolve("docs/dev.svg"), draw());
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private void read(Process dev, int port, Path dir) {
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(dev.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        String text = shown(line, port, dir);
        synchronized (this) {
          boolean isFirst = text.contains("Remora is running");
          if (isFirst) {
            start = System.nanoTime();
            server.add(new Line(0, "$ ./remora dev"));
          }
          if (start != 0 && !isOver) {
            server.add(new Line(now() + PAUSE, text));
          }
          notifyAll();
        }
      }
    } catch (IOException e) {
      System.err.println("capture: " + e.getMessage());
    }
  }

  /** As a reader's own machine would show it. */
  private String shown(String line, int port, Path dir) {
    return line.replace(Integer.toString(port), "2379")
        .replace(dir.resolve("dev").toString(), "~/remora/target/dev")
        .replace(root.toString(), "~/remora");
  }

  private double now() {
    return (System.nanoTime() - start) / 1e9;
  }

  private synchronized void await(String part) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (server.stream().noneMatch(line -> line.text().contains(part))) {
      long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
      if (left <= 0) {
        throw new TimeoutException("./remora dev never said: " + part);
      }
      wait(left);
    }
  }

  /** Types a command, runs it as soon as it is typed, and shows what it prints. */
  private void type(String command, int port, Path dir) throws Exception {
    Thread.sleep((long) (PAUSE * 1000)); // For whoever watches: nothing waits for it.
    double begin = now() + PAUSE;
    synchronized (this) {
      client.add(new Line(begin, "$ " + command));
    }
    Thread.sleep((long) (command.length() * TYPING * 1000));
    String real =
        command.replace("target/dev", dir.resolve("dev").toString());
    Process shell =
        new ProcessBuilder("sh", "-c", "U=http://127.0.0.1:" + port + "/v2/keys; " + real)
            .redirectErrorStream(true)
            .start();
    String output = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (shell.waitFor() != 0) {
      throw new IOException(command + ": " + output);
    }
    synchronized (this) {
      double end = now() + PAUSE;
      output.lines().forEach(line -> client.add(new Line(end, shown(line, port, dir))));
    }
  }

  // --- the picture -------------------------------------------------------------------------------

  private synchronized String draw() {
    List<Line> above = wrapped(server.stream().filter(line -> line.at() <= last(client) + 2).toList());
    List<Line> below = wrapped(client);
    double length = last(client) + 2 + REST;
    int width = (int) (COLUMNS * CHAR) + 2 * MARGIN;
    int middle = MARGIN * 2 + above.size() * ROW + MARGIN;
    int height = middle + MARGIN + below.size() * ROW + MARGIN * 2;
    StringBuilder styles = new StringBuilder();
    StringBuilder body = new StringBuilder();
    int id = 0;
    for (int pane = 0; pane < 2; pane++) {
      List<Line> lines = pane == 0 ? above : below;
      int top = pane == 0 ? MARGIN * 2 : middle + MARGIN * 2;
      for (int row = 0; row < lines.size(); row++) {
        Line line = lines.get(row);
        String name = "l" + id++;
        double share = 100 * line.at() / length;
        styles.append(
            String.format(
                Locale.ROOT,
                "@keyframes %1$s{0%%,%2$.2f%%{opacity:0}%3$.2f%%,100%%{opacity:1}}.%1$s{animation:%1$s %4$.1fs infinite}%n",
                name, Math.max(0, share - 0.01), share, length));
        body.append("<text class=\"").append(name).append("\" x=\"").append(MARGIN)
            .append("\" y=\"").append(top + row * ROW).append("\">").append(spans(line.text()))
            .append("</text>\n");
      }
    }
    return """
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %1$d %2$d" width="%1$d" height="%2$d" role="img" aria-label="./remora dev: a value is written, the file is rendered some milliseconds later">
        <style>
        text{font:14px ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;fill:#d6deeb;white-space:pre}
        .b{font-weight:bold;fill:#fff}.g{fill:#7fdb8f}.d{fill:#7a8699}.p{fill:#82aaff}
        %3$s@media (prefers-reduced-motion:reduce){text{animation:none!important}}
        </style>
        <rect width="%1$d" height="%2$d" rx="8" fill="#10151f"/>
        <line x1="0" x2="%1$d" y1="%4$d" y2="%4$d" stroke="#2b3648"/>
        %5$s</svg>
        """
        .formatted(width, height, styles, middle, body);
  }

  private static double last(List<Line> lines) {
    return lines.getLast().at();
  }

  private static List<Line> wrapped(List<Line> lines) {
    List<Line> rows = new ArrayList<>();
    for (Line line : lines) {
      String text = line.text();
      while (STYLE.matcher(text).replaceAll("").length() > COLUMNS) {
        String row = text.substring(0, COLUMNS);
        rows.add(new Line(line.at(), row));
        text = "  " + text.substring(COLUMNS);
      }
      rows.add(new Line(line.at(), text));
    }
    return rows;
  }

  private static String spans(String text) {
    StringBuilder out = new StringBuilder();
    Matcher matcher = STYLE.matcher(text);
    int at = 0;
    boolean isOpen = false;
    while (matcher.find()) {
      out.append(escaped(text.substring(at, matcher.start())));
      at = matcher.end();
      if (isOpen) {
        out.append("</tspan>");
      }
      String kind = switch (matcher.group(1)) {
        case "1" -> "b";
        case "2" -> "d";
        case "32" -> "g";
        default -> "";
      };
      isOpen = !kind.isEmpty();
      if (isOpen) {
        out.append("<tspan class=\"").append(kind).append("\">");
      }
    }
    String rest = escaped(text.substring(at));
    out.append(text.startsWith("$ ") ? "<tspan class=\"p\">$</tspan>" + rest.substring(1) : rest);
    return out.append(isOpen ? "</tspan>" : "").toString();
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
