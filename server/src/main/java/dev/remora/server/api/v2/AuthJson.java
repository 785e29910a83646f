package dev.remora.server.api.v2;

import dev.remora.server.api.v3.JsonException;
import dev.remora.server.api.v3.JsonParser;
import dev.remora.server.api.v3.JsonValue;
import dev.remora.server.auth.AuthState;
import dev.remora.server.auth.Role;
import dev.remora.server.auth.User;
import dev.remora.server.mvcc.Bytes;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The bodies of {@code /v2/auth}, field by field in etcd's order. */
final class AuthJson {
  private AuthJson() {}

  /**
   * What is wanted of a user.
   *
   * @param password empty if it is to stay
   */
  record UserWish(
      String user, Bytes password, List<String> roles, List<String> grants, List<String> revokes) {}

  /** Patterns of paths. */
  record Patterns(List<Bytes> reads, List<Bytes> writes) {
    static final Patterns NONE = new Patterns(List.of(), List.of());

    boolean isEmpty() {
      return reads.isEmpty() && writes.isEmpty();
    }
  }

  /** What is wanted of a role. */
  record RoleWish(String role, Patterns permissions, Patterns grants, Patterns revokes) {}

  /** Reads a user. */
  static UserWish user(byte[] body) throws JsonException {
    Map<String, JsonValue> fields = fields(read(body));
    return new UserWish(
        text(field(fields, "user")).text(),
        text(field(fields, "password")),
        names(field(fields, "roles")),
        names(field(fields, "grant")),
        names(field(fields, "revoke")));
  }

  /** Reads a role. */
  static RoleWish role(byte[] body) throws JsonException {
    Map<String, JsonValue> fields = fields(read(body));
    return new RoleWish(
        text(field(fields, "role")).text(),
        patterns(field(fields, "permissions")),
        patterns(field(fields, "grant")),
        patterns(field(fields, "revoke")));
  }

  /** The first value; what stands behind it is not looked at, as in etcd. */
  private static JsonValue read(byte[] body) throws JsonException {
    if (new String(body, StandardCharsets.ISO_8859_1).isBlank()) {
      throw new JsonException("unexpected end of JSON input");
    }
    return JsonParser.first(body);
  }

  private static Map<String, JsonValue> fields(@Nullable JsonValue value) throws JsonException {
    return switch (value) {
      case null -> Map.of();
      case JsonValue.Null _ -> Map.of();
      case JsonValue.Members(Map<String, JsonValue> byName) -> byName;
      default -> throw unfit(value);
    };
  }

  /** Go's decoder takes a field's name in any case. */
  private static @Nullable JsonValue field(Map<String, JsonValue> fields, String name) {
    JsonValue exact = fields.get(name);
    if (exact != null) {
      return exact;
    }
    for (Map.Entry<String, JsonValue> field : fields.entrySet()) {
      if (field.getKey().equalsIgnoreCase(name)) {
        return field.getValue();
      }
    }
    return null;
  }

  private static Bytes text(@Nullable JsonValue value) throws JsonException {
    return switch (value) {
      case null -> Bytes.EMPTY;
      case JsonValue.Null _ -> Bytes.EMPTY;
      case JsonValue.Text text -> text.value();
      default -> throw unfit(value);
    };
  }

  private static List<Bytes> texts(@Nullable JsonValue value) throws JsonException {
    List<Bytes> texts = new ArrayList<>();
    switch (value) {
      case null -> {}
      case JsonValue.Null _ -> {}
      case JsonValue.Elements(List<JsonValue> elements) -> {
        for (JsonValue element : elements) {
          texts.add(text(element));
        }
      }
      default -> throw unfit(value);
    }
    return texts;
  }

  private static List<String> names(@Nullable JsonValue value) throws JsonException {
    return texts(value).stream().map(Bytes::text).toList();
  }

  private static Patterns patterns(@Nullable JsonValue value) throws JsonException {
    Map<String, JsonValue> kv = fields(field(fields(value), "kv"));
    return new Patterns(texts(field(kv, "read")), texts(field(kv, "write")));
  }

  private static JsonException unfit(JsonValue value) {
    return new JsonException("json: cannot unmarshal " + value.kind());
  }

  /** Whether auth is enabled. */
  static void enabled(JsonWriter json, boolean isEnabled) {
    json.raw(ascii("{\"enabled\":" + isEnabled + "}\n"));
  }

  /** All users, each with the roles that exist. */
  static void users(JsonWriter json, AuthState auth) {
    if (auth.users().isEmpty()) {
      json.raw(ascii("{\"users\":null}\n"));
      return;
    }
    json.raw(ascii("{\"users\":["));
    boolean isFirst = true;
    for (User user : auth.users().values()) {
      if (!isFirst) {
        json.raw(',');
      }
      isFirst = false;
      List<Role> known =
          rolesOf(user).stream().map(name -> role(auth, name)).flatMap(Optional::stream).toList();
      user(json, user, known);
    }
    json.raw(ascii("]}\n"));
  }

  /** A user with roles. */
  static void user(JsonWriter json, User user, List<Role> roles) {
    json.raw(ascii("{\"user\":")).string(Bytes.utf8(user.name()));
    for (int i = 0; i < roles.size(); i++) {
      json.raw(i == 0 ? ascii(",\"roles\":[") : ascii(","));
      role(json, roles.get(i));
    }
    json.raw(roles.isEmpty() ? ascii("}") : ascii("]}"));
  }

  /** A user with the names of roles; null for the list of one that was made without. */
  static void userNames(JsonWriter json, String name, @Nullable List<String> roles) {
    json.raw(ascii("{\"user\":")).string(Bytes.utf8(name)).raw(ascii(",\"roles\":"));
    if (roles == null) {
      json.raw(ascii("null"));
    } else {
      texts(json, roles.stream().map(Bytes::utf8).toList());
    }
    json.raw(ascii("}\n"));
  }

  /** All roles; that of root is always there. */
  static void roles(JsonWriter json, AuthState auth) {
    List<String> names = new ArrayList<>(auth.roles().keySet());
    if (!names.contains(Role.ROOT)) {
      names.add(Role.ROOT);
      names.sort(null);
    }
    json.raw(ascii("{\"roles\":["));
    for (int i = 0; i < names.size(); i++) {
      if (i > 0) {
        json.raw(',');
      }
      role(json, role(auth, names.get(i)).orElseThrow());
    }
    json.raw(ascii("]}\n"));
  }

  /** A role. */
  static void role(JsonWriter json, Role role) {
    json.raw(ascii("{\"role\":")).string(Bytes.utf8(role.name()));
    json.raw(ascii(",\"permissions\":{\"kv\":{\"read\":"));
    patterns(json, role.reads(), role.isEdited());
    json.raw(ascii(",\"write\":"));
    patterns(json, role.writes(), role.isEdited());
    json.raw(ascii("}}}"));
  }

  /** The role of a name, as v2 sees it. */
  static Optional<Role> role(AuthState auth, String name) {
    return name.equals(Role.ROOT) ? Optional.of(Role.everything(name)) : auth.role(name);
  }

  /** The names of a user's roles, as v2 sees them: root has its own in any case. */
  static List<String> rolesOf(User user) {
    if (!user.name().equals(User.ROOT) || user.roles().contains(Role.ROOT)) {
      return user.roles();
    }
    List<String> roles = new ArrayList<>(user.roles());
    roles.add(Role.ROOT);
    roles.sort(null);
    return roles;
  }

  private static void patterns(JsonWriter json, List<Bytes> patterns, boolean isEdited) {
    if (patterns.isEmpty() && !isEdited) {
      json.raw(ascii("null"));
    } else {
      texts(json, patterns);
    }
  }

  private static void texts(JsonWriter json, List<Bytes> texts) {
    json.raw('[');
    for (int i = 0; i < texts.size(); i++) {
      if (i > 0) {
        json.raw(',');
      }
      json.string(texts.get(i));
    }
    json.raw(']');
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
