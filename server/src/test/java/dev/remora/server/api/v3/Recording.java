package dev.remora.server.api.v3;

import dev.remora.server.api.v3.JsonClient.Answer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What etcd 3.4.23 answered to a series of requests, beginning with an empty store.
 *
 * <p>In the file, a line {@code POST path body} is a request, or {@code WATCH count path body} one
 * of which so many lines are read; the lines below it, each after {@code <}, are the answer, with
 * ids and terms replaced by letters.
 */
final class Recording {
  private static final Path FILE = Path.of("src/test/resources/v3/etcd-3.4.23.txt");

  private Recording() {}

  /** A request and its answer. */
  record Exchange(String request, List<String> answer) {
    /** Makes the request of a server and shows its answer. */
    List<String> ask(JsonClient client) {
      String[] words = request.split(" ", 2);
      if (words[0].equals("WATCH")) {
        String[] watch = words[1].split(" ", 3);
        try (JsonClient.LineStream stream = client.open(watch[1], watch[2])) {
          return normalized(stream.lines(Integer.parseInt(watch[0])));
        }
      }
      String[] rest = words[1].split(" ", 2);
      Answer answer = client.send(words[0], rest[0], rest.length < 2 ? "" : rest[1]);
      return normalized(
          List.of(
              answer.status() + " " + answer.kind() + " " + answer.body().replace("\n", "\\n")));
    }
  }

  static List<Exchange> read() {
    try {
      List<Exchange> exchanges = new ArrayList<>();
      for (String line : Files.readAllLines(FILE, StandardCharsets.UTF_8)) {
        if (line.startsWith("< ")) {
          exchanges.getLast().answer().add(line.substring(2));
        } else if (!line.isBlank() && !line.startsWith("#")) {
          exchanges.add(new Exchange(line, new ArrayList<>()));
        }
      }
      return exchanges;
    } catch (IOException e) {
      throw new AssertionError("the recording cannot be read", e);
    }
  }

  /** Replaces the answers by those of a server, in the same file; remarks stay where they are. */
  static void record(JsonClient client) throws IOException {
    List<String> recorded = new ArrayList<>();
    for (String line : Files.readAllLines(FILE, StandardCharsets.UTF_8)) {
      if (line.startsWith("< ")) {
        continue;
      }
      recorded.add(line);
      if (!line.isBlank() && !line.startsWith("#")) {
        new Exchange(line, List.of()).ask(client).forEach(answer -> recorded.add("< " + answer));
      }
    }
    Files.write(FILE, recorded, StandardCharsets.UTF_8);
  }

  static List<String> normalized(List<String> lines) {
    return lines.stream().map(Recording::normalized).toList();
  }

  private static String normalized(String line) {
    return line.replaceAll("\"cluster_id\":\"\\d+\"", "\"cluster_id\":\"C\"")
        .replaceAll("\"member_id\":\"\\d+\"", "\"member_id\":\"M\"")
        .replaceAll("\"leader\":\"\\d+\"", "\"leader\":\"M\"")
        .replaceAll("\"ID\":\"\\d{10,}\"", "\"ID\":\"N\"")
        .replaceAll("\"version\":\"3[.]4[.]\\d+\"", "\"version\":\"V\"")
        .replaceAll("\"dbSize\":\"\\d+\"", "\"dbSize\":\"N\"")
        .replaceAll("\"dbSizeInUse\":\"\\d+\"", "\"dbSizeInUse\":\"N\"")
        .replaceAll("\"raftIndex\":\"\\d+\"", "\"raftIndex\":\"N\"")
        .replaceAll("\"raftAppliedIndex\":\"\\d+\"", "\"raftAppliedIndex\":\"N\"")
        .replaceAll("\"raft_?[tT]erm\":\"\\d+\"", "\"raft_term\":\"T\"")
        .replaceAll("\"hash\":\\d+", "\"hash\":N")
        .replaceAll("http://127.0.0.1:\\d+", "URL");
  }
}
