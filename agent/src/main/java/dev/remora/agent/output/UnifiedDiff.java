package dev.remora.agent.output;

import java.util.ArrayList;
import java.util.List;

/**
 * What changes between two texts, as {@code diff -u} shows it.
 *
 * <p>Common starts and ends are cut off first; the middle is compared by longest common subsequence
 * where that is affordable, and shown as replaced whole where it is not.
 */
public final class UnifiedDiff {
  private static final int CONTEXT = 3;
  private static final long CELLS_MAX = 4_000_000;

  private final List<String> before;
  private final List<String> after;

  /** A line with its sign, and how many lines of each text are before it. */
  private record Line(char sign, String text, int beforeAt, int afterAt) {}

  private UnifiedDiff(List<String> before, List<String> after) {
    this.before = before;
    this.after = after;
  }

  /** The difference with a header, or an empty string if there is none. */
  public static String of(String name, String before, String after) {
    if (before.equals(after)) {
      return "";
    }
    UnifiedDiff diff = new UnifiedDiff(lines(before), lines(after));
    StringBuilder out = new StringBuilder();
    out.append("--- ").append(name).append("\n+++ ").append(name).append(" (new)\n");
    write(diff.script(), out);
    return out.toString();
  }

  /** Lines with their ends, so that a missing newline at the end is a difference. */
  private static List<String> lines(String text) {
    List<String> lines = new ArrayList<>();
    int start = 0;
    for (int end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
      lines.add(text.substring(start, end + 1));
      start = end + 1;
    }
    if (start < text.length()) {
      lines.add(text.substring(start));
    }
    return lines;
  }

  private List<Line> script() {
    int start = 0;
    int shorter = Math.min(before.size(), after.size());
    while (start < shorter && before.get(start).equals(after.get(start))) {
      start++;
    }
    int tail = 0;
    while (tail < shorter - start
        && before.get(before.size() - 1 - tail).equals(after.get(after.size() - 1 - tail))) {
      tail++;
    }
    List<Line> script = new ArrayList<>();
    for (int i = 0; i < start; i++) {
      script.add(new Line(' ', before.get(i), i, i));
    }
    middle(script, start, before.size() - tail, after.size() - tail);
    for (int i = tail; i > 0; i--) {
      int at = before.size() - i;
      script.add(new Line(' ', before.get(at), at, after.size() - i));
    }
    return script;
  }

  private void middle(List<Line> script, int start, int beforeEnd, int afterEnd) {
    int rows = beforeEnd - start;
    int columns = afterEnd - start;
    boolean isAffordable = (long) rows * columns <= CELLS_MAX;
    int[][] common = isAffordable ? common(start, rows, columns) : new int[0][];
    int i = 0;
    int j = 0;
    while (i < rows || j < columns) {
      boolean isSame =
          isAffordable
              && i < rows
              && j < columns
              && before.get(start + i).equals(after.get(start + j));
      if (isSame) {
        script.add(new Line(' ', before.get(start + i), start + i, start + j));
        i++;
        j++;
      } else if (i < rows
          && (j == columns || !isAffordable || common[i + 1][j] >= common[i][j + 1])) {
        script.add(new Line('-', before.get(start + i), start + i, start + j));
        i++;
      } else {
        script.add(new Line('+', after.get(start + j), start + i, start + j));
        j++;
      }
    }
  }

  /** Length of the longest common subsequence of what follows row and column. */
  private int[][] common(int start, int rows, int columns) {
    int[][] common = new int[rows + 1][columns + 1];
    for (int i = rows - 1; i >= 0; i--) {
      for (int j = columns - 1; j >= 0; j--) {
        common[i][j] =
            before.get(start + i).equals(after.get(start + j))
                ? common[i + 1][j + 1] + 1
                : Math.max(common[i + 1][j], common[i][j + 1]);
      }
    }
    return common;
  }

  private static void write(List<Line> script, StringBuilder out) {
    int at = 0;
    while (at < script.size()) {
      if (script.get(at).sign() == ' ') {
        at++;
        continue;
      }
      int from = Math.max(0, at - CONTEXT);
      int last = at;
      for (int i = at; i < script.size() && i <= last + 2 * CONTEXT; i++) {
        last = script.get(i).sign() == ' ' ? last : i;
      }
      int to = Math.min(script.size(), last + CONTEXT + 1);
      writeHunk(script.subList(from, to), out);
      at = to;
    }
  }

  private static void writeHunk(List<Line> hunk, StringBuilder out) {
    long removed = hunk.stream().filter(line -> line.sign() != '+').count();
    long added = hunk.stream().filter(line -> line.sign() != '-').count();
    Line first = hunk.getFirst();
    out.append("@@ -").append(range(first.beforeAt(), removed));
    out.append(" +").append(range(first.afterAt(), added)).append(" @@\n");
    for (Line line : hunk) {
      out.append(line.sign()).append(line.text());
      if (!line.text().endsWith("\n")) {
        out.append("\n\\ No newline at end of file\n");
      }
    }
  }

  /** An empty range names the line before it. */
  private static String range(int at, long length) {
    int start = length == 0 ? at : at + 1;
    return length == 1 ? String.valueOf(start) : start + "," + length;
  }
}
