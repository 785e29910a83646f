import java.util.List;
import java.util.Locale;

/** The median of several measurements of the same, between the least and the greatest. */
record Spread(double median, double min, double max) {
  /** Of at least one value. */
  static Spread of(List<Double> values) {
    List<Double> sorted = values.stream().sorted().toList();
    int middle = sorted.size() / 2;
    double median =
        sorted.size() % 2 == 1
            ? sorted.get(middle)
            : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    return new Spread(median, sorted.getFirst(), sorted.getLast());
  }

  /** Such as {@code 36 565 (35 100–37 020)}; of values that are all the same that alone. */
  String text() {
    return min == max
        ? number(median)
        : number(median) + " (" + number(min) + "–" + number(max) + ")";
  }

  /** Three digits that count, and thousands apart by a thin space. */
  static String number(double value) {
    if (value == Math.rint(value) || Math.abs(value) >= 100) {
      return String.format(Locale.ROOT, "%,.0f", value).replace(',', '\u2009');
    }
    return String.format(Locale.ROOT, Math.abs(value) >= 10 ? "%.1f" : "%.2f", value);
  }

  /** The text of a number, if it is one, as {@link #number}; any other as it is. */
  static String grouped(String text) {
    return text.matches("\\d+") ? number(Double.parseDouble(text)) : text;
  }
}
