package dev.remora.agent.template;

import java.util.regex.Pattern;

/** What the address of an instance is. A template prints it unquoted, so that it has to be one. */
enum Address {
  /** IPv4 or IPv6, without a zone. */
  IP,
  /** A host name; or an IPv6 address with a zone, which only its own host could use. */
  NAME,
  NONE;

  private static final int CHARS_MAX = 255;
  private static final int GROUPS = 8;
  private static final int GROUPS_OF_IPV4 = 2;

  private static final Pattern IPV4 =
      Pattern.compile(
          "(25[0-5]|2[0-4][0-9]|1?[0-9]{1,2})(\\.(25[0-5]|2[0-4][0-9]|1?[0-9]{1,2})){3}");
  private static final Pattern NUMERIC = Pattern.compile("[0-9.]+");
  private static final Pattern HOST =
      Pattern.compile("[A-Za-z0-9_]([A-Za-z0-9_-]{0,62})(\\.[A-Za-z0-9_][A-Za-z0-9_-]{0,62})*\\.?");
  private static final Pattern ZONE = Pattern.compile("[A-Za-z0-9._-]+");
  private static final Pattern GROUP = Pattern.compile("[0-9A-Fa-f]{1,4}");

  /** What this text is: never more than its characters say, and without asking anybody. */
  static Address of(String text) {
    if (text.length() > CHARS_MAX) {
      return NONE;
    }
    if (text.indexOf(':') >= 0) {
      int zone = text.indexOf('%');
      if (zone < 0) {
        return isIpv6(text) ? IP : NONE;
      }
      return isIpv6(text.substring(0, zone)) && ZONE.matcher(text.substring(zone + 1)).matches()
          ? NAME
          : NONE;
    }
    if (NUMERIC.matcher(text).matches()) {
      return IPV4.matcher(text).matches() ? IP : NONE;
    }
    return HOST.matcher(text).matches() ? NAME : NONE;
  }

  /** RFC 4291 §2.2: eight groups, or fewer and one {@code ::}; the last two may be an IPv4. */
  private static boolean isIpv6(String text) {
    int gap = text.indexOf("::");
    if (gap < 0) {
      return groups(text, true) == GROUPS;
    }
    int before = groups(text.substring(0, gap), false);
    int after = groups(text.substring(gap + 2), true);
    return before >= 0 && after >= 0 && before + after < GROUPS;
  }

  /** How many groups these are, or -1 if they are none. */
  private static int groups(String text, boolean mayEndAsIpv4) {
    if (text.isEmpty()) {
      return 0;
    }
    String[] groups = text.split(":", -1);
    int count = 0;
    for (int i = 0; i < groups.length; i++) {
      boolean isIpv4 = mayEndAsIpv4 && i == groups.length - 1 && IPV4.matcher(groups[i]).matches();
      if (!isIpv4 && !GROUP.matcher(groups[i]).matches()) {
        return -1;
      }
      count += isIpv4 ? GROUPS_OF_IPV4 : 1;
    }
    return count;
  }
}
