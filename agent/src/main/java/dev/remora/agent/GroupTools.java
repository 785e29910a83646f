package dev.remora.agent;

import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.PrintStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What a person asks a running agent about one group of files. */
final class GroupTools {
  private final Tools tools;
  private final PrintStream out;

  GroupTools(Tools tools, PrintStream out) {
    this.tools = tools;
    this.out = out;
  }

  /** Prints a line for each group: its state, and why its files are not what they should be. */
  void list() {
    int _ =
        tools.call(
            HttpMethod.GET,
            "/v1/groups",
            body -> {
              for (Object each : new JsonArray(body)) {
                JsonObject view = (JsonObject) each;
                String error = view.getString("error", "");
                String why = error.isEmpty() ? view.getString("reason", "") : error;
                String state = view.getString("state", "beginning");
                String shown = why.isEmpty() ? "" : ": " + why.strip().replaceAll("\\s+", " ");
                line("group", view.getString("name") + " " + state + shown);
              }
              return 0;
            });
  }

  /** Prints why a group is as it is; 0 if its files are what they should be. */
  int explain(String group) {
    return tools.call(
        HttpMethod.GET,
        "/v1/groups/" + encoded(group),
        body -> {
          JsonObject view = new JsonObject(body);
          line("group", view.getString("name"));
          line("state", view.getString("state", "beginning"));
          line("reason", view.getString("reason", ""));
          line("error", view.getString("error", ""));
          view.getJsonArray("held", new JsonArray()).forEach(each -> line("held", each));
          if (view.containsKey("nextAttemptMillis")) {
            line("next", "in " + view.getLong("nextAttemptMillis") + " ms");
          }
          if (view.getBoolean("reloadOwed", false)) {
            line("reload", "owed");
          }
          if (view.containsKey("reloadsLeft")) {
            line("reloads left", view.getInteger("reloadsLeft"));
          }
          line("backups", view.getInteger("backups", 0));
          line(
              "rendered", view.getString("renderedFor") + ", revision " + view.getLong("revision"));
          view.getJsonArray("files", new JsonArray()).forEach(file -> line("file", file));
          JsonObject hashes = view.getJsonObject("hashes", new JsonObject());
          for (String name : hashes.fieldNames()) {
            line(name, hashes.getString(name));
          }
          for (Object each : view.getJsonArray("uses", new JsonArray())) {
            JsonObject use = (JsonObject) each;
            line(
                "uses",
                use.getString("range")
                    + " keys="
                    + use.getInteger("keys")
                    + " revision="
                    + use.getLong("revision"));
          }
          for (Object each : view.getJsonArray("changes", new JsonArray())) {
            JsonObject change = (JsonObject) each;
            line(
                "changed",
                change.getString("key")
                    + " "
                    + change.getString("type")
                    + " revision="
                    + change.getLong("revision"));
          }
          return view.getString("state", "").equals("in sync") ? 0 : Tools.NOT_READY;
        });
  }

  /** Has the earlier version of a group's files put back. */
  int rollBack(String group) {
    return tools.call(
        HttpMethod.POST,
        "/v1/groups/" + encoded(group) + "/rollback",
        _ -> {
          out.println("the earlier version of " + group + " is put back; see explain");
          return 0;
        });
  }

  private void line(String name, @Nullable Object value) {
    if (value != null && !value.toString().isEmpty()) {
      out.printf(Locale.ROOT, "%-13s %s%n", name, value);
    }
  }

  private static String encoded(String group) {
    return URLEncoder.encode(group, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
