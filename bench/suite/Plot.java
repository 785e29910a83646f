import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A picture of panels side by side, as SVG without a script or a foreign font. Its ground is clear,
 * its colours stand on white and on black.
 *
 * @param title above all
 * @param panels two in a row
 */
record Plot(String title, List<Panel> panels) {
  private static final int COLUMNS = 2;
  private static final int PANEL_WIDTH = 430;
  private static final int PANEL_HEIGHT = 290;
  private static final int HEAD = 64;
  private static final int LEFT = 66;
  private static final int RIGHT = 16;
  private static final int TOP = 34;
  private static final int BOTTOM = 48;
  private static final int DODGE = 12;
  private static final int LEGEND_GAP = 50;
  private static final int LEGEND_LETTER = 7;
  private static final String STYLE =
      """
      text { font: 12px system-ui, sans-serif; fill: #6b7280 }
      .title { font-size: 16px; font-weight: 600 }
      .panel { font-weight: 600 }
      .grid { stroke: #8886; stroke-width: 0.5 }
      .axis { stroke: #888 }
      @media (prefers-color-scheme: light) { text { fill: #444 } }
      @media (prefers-color-scheme: dark) { text { fill: #ccc } }
      """;

  /**
   * One pair of axes.
   *
   * @param xs the places along the x axis, evenly spaced
   * @param isLog whether y is logarithmic; else it begins at 0
   * @param isLine whether the points of a series are one line; else they stand beside each other
   */
  record Panel(
      String title,
      String xLabel,
      String yLabel,
      List<String> xs,
      boolean isLog,
      boolean isLine,
      List<Series> series) {}

  /**
   * What is drawn in one colour.
   *
   * @param points by the place along the x axis
   */
  record Series(String name, String colour, boolean isDashed, Map<String, Spread> points) {}

  /** Draws all into a file. */
  void write(Path file) throws IOException {
    int rows = (panels.size() + COLUMNS - 1) / COLUMNS;
    int width = Math.min(COLUMNS, panels.size()) * PANEL_WIDTH;
    List<String> svg = new ArrayList<>();
    svg.add(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\">"
            .formatted(width, HEAD + rows * PANEL_HEIGHT, width));
    svg.add("<style>" + STYLE + "</style>");
    svg.add(text(LEFT, 24, "title", "start", title));
    addLegend(svg);
    for (int i = 0; i < panels.size(); i++) {
      svg.add(
          "<g transform=\"translate(%d %d)\">"
              .formatted(i % COLUMNS * PANEL_WIDTH, HEAD + i / COLUMNS * PANEL_HEIGHT));
      addPanel(svg, panels.get(i));
      svg.add("</g>");
    }
    svg.add("</svg>");
    Files.write(file, svg);
  }

  private void addLegend(List<String> svg) {
    Map<String, Series> series = new LinkedHashMap<>();
    panels.forEach(panel -> panel.series().forEach(one -> series.putIfAbsent(one.name(), one)));
    int x = LEFT;
    for (Series one : series.values()) {
      svg.add(line(x, 44, x + 24, 44, stroke(one)));
      svg.add(text(x + 30, 48, "", "start", one.name()));
      x += LEGEND_GAP + LEGEND_LETTER * one.name().length();
    }
  }

  private static void addPanel(List<String> svg, Panel panel) {
    Scale scale = Scale.of(panel);
    int bottom = PANEL_HEIGHT - BOTTOM;
    int right = PANEL_WIDTH - RIGHT;
    svg.add(text(LEFT, TOP - 16, "panel", "start", panel.title()));
    svg.add(text(LEFT, TOP - 2, "", "start", panel.yLabel()));
    for (double tick : scale.ticks()) {
      double y = scale.y(tick);
      svg.add(line(LEFT, y, right, y, "class=\"grid\""));
      svg.add(text(LEFT - 6, y + 4, "", "end", Spread.number(tick)));
    }
    svg.add(line(LEFT, bottom, right, bottom, "class=\"axis\""));
    for (String place : panel.xs()) {
      svg.add(text(x(panel, place), bottom + 18, "", "middle", Spread.grouped(place)));
    }
    svg.add(text((LEFT + right) / 2.0, bottom + 36, "", "middle", panel.xLabel()));
    for (int i = 0; i < panel.series().size(); i++) {
      double dodge = panel.isLine() ? 0 : (i - (panel.series().size() - 1) / 2.0) * DODGE;
      addSeries(svg, panel, scale, panel.series().get(i), dodge);
    }
  }

  private static void addSeries(
      List<String> svg, Panel panel, Scale scale, Series series, double dodge) {
    StringBuilder path = new StringBuilder();
    for (String place : panel.xs()) {
      Spread spread = series.points().get(place);
      if (spread == null) {
        continue;
      }
      double x = x(panel, place) + dodge;
      double y = scale.y(spread.median());
      path.append(path.isEmpty() ? "M" : "L").append(number(x)).append(' ').append(number(y));
      if (spread.max() > spread.min()) {
        String solid = "stroke=\"" + series.colour() + "\" stroke-opacity=\"0.6\"";
        svg.add(line(x, scale.y(spread.min()), x, scale.y(spread.max()), solid));
        for (double end : new double[] {spread.min(), spread.max()}) {
          svg.add(line(x - 4, scale.y(end), x + 4, scale.y(end), solid));
        }
      }
      svg.add(
          "<circle cx=\"%s\" cy=\"%s\" r=\"3.5\" fill=\"%s\"><title>%s, %s: %s</title></circle>"
              .formatted(
                  number(x),
                  number(y),
                  series.colour(),
                  escaped(series.name()),
                  escaped(place),
                  spread.text()));
    }
    if (panel.isLine()) {
      svg.add("<path d=\"%s\" fill=\"none\" %s/>".formatted(path, stroke(series)));
    }
  }

  private static double x(Panel panel, String place) {
    double step = (double) (PANEL_WIDTH - LEFT - RIGHT) / panel.xs().size();
    return LEFT + step * (panel.xs().indexOf(place) + 0.5);
  }

  private static String stroke(Series series) {
    return "stroke=\"%s\" stroke-width=\"2\"%s"
        .formatted(series.colour(), series.isDashed() ? " stroke-dasharray=\"5 4\"" : "");
  }

  private static String line(double x1, double y1, double x2, double y2, String attributes) {
    return "<line x1=\"%s\" y1=\"%s\" x2=\"%s\" y2=\"%s\" %s/>"
        .formatted(number(x1), number(y1), number(x2), number(y2), attributes);
  }

  private static String text(double x, double y, String style, String anchor, String text) {
    return "<text x=\"%s\" y=\"%s\" class=\"%s\" text-anchor=\"%s\">%s</text>"
        .formatted(number(x), number(y), style, anchor, escaped(text));
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.1f", value);
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace("\"", "&quot;");
  }

  /** Where a value is on the y axis, from a least to a greatest. */
  private record Scale(double min, double max, boolean isLog, List<Double> ticks) {
    private static final int TICKS_MAX = 6;

    static Scale of(Panel panel) {
      double min = Double.MAX_VALUE;
      double max = 0;
      for (Series series : panel.series()) {
        for (Spread spread : series.points().values()) {
          min = Math.min(min, spread.min());
          max = Math.max(max, spread.max());
        }
      }
      return panel.isLog() && min > 0 && min <= max ? log(min, max) : linear(max);
    }

    private static Scale log(double min, double max) {
      List<Double> marks = new ArrayList<>();
      for (int power = (int) Math.floor(Math.log10(min));
          marks.isEmpty() || marks.getLast() < max; ) {
        double ten = Math.pow(10, power++);
        marks.addAll(List.of(ten, 2 * ten, 5 * ten));
      }
      while (marks.size() > 2 && marks.get(1) <= min) {
        marks.removeFirst();
      }
      while (marks.size() > 2 && marks.get(marks.size() - 2) >= max) {
        marks.removeLast();
      }
      List<Double> ticks =
          marks.size() <= TICKS_MAX + 2
              ? marks
              : marks.stream().filter(mark -> Math.log10(mark) % 1 == 0).toList();
      return new Scale(marks.getFirst(), marks.getLast(), true, ticks);
    }

    private static Scale linear(double max) {
      double step = Math.pow(10, Math.floor(Math.log10(Math.max(max, 1e-3))));
      for (double part : new double[] {0.1, 0.2, 0.5, 1}) {
        if (max / (step * part) < TICKS_MAX) {
          step *= part;
          break;
        }
      }
      List<Double> ticks = new ArrayList<>(List.of(0.0));
      while (ticks.getLast() < max) {
        ticks.add(ticks.size() * step);
      }
      return new Scale(0, Math.max(ticks.getLast(), step), false, ticks);
    }

    double y(double value) {
      double part =
          isLog ? Math.log(value / min) / Math.log(max / min) : (value - min) / (max - min);
      return PANEL_HEIGHT - BOTTOM - part * (PANEL_HEIGHT - BOTTOM - TOP - 8);
    }
  }
}
