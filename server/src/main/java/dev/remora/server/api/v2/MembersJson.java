package dev.remora.server.api.v2;

import dev.remora.server.api.v3.JsonException;
import dev.remora.server.api.v3.JsonParser;
import dev.remora.server.api.v3.JsonValue;
import dev.remora.server.apply.Member;
import dev.remora.server.mvcc.Bytes;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The bodies of {@code /v2/members}, field by field in etcd's order. */
final class MembersJson {
  private static final byte[] MEMBERS = ascii("{\"members\":[");
  private static final byte[] MEMBERS_END = ascii("]}\n");
  private static final byte[] ID = ascii("{\"id\":");
  private static final byte[] NAME = ascii(",\"name\":");
  private static final byte[] PEER_URLS = ascii(",\"peerURLs\":[");
  private static final byte[] CLIENT_URLS = ascii("],\"clientURLs\":[");
  private static final byte[] MEMBER_END = ascii("]}");
  private static final byte[] MESSAGE = ascii("{\"message\":");

  /** What Go's decoder calls the request, to whoever sends something else. */
  private static final String GO_TYPE = "struct { PeerURLs []string \"json:\\\"peerURLs\\\"\" }";

  private MembersJson() {}

  /** All members. */
  static void list(JsonWriter json, List<Member> members) {
    json.raw(MEMBERS);
    boolean isFirst = true;
    for (Member member : members) {
      if (!isFirst) {
        json.raw(',');
      }
      isFirst = false;
      member(json, member);
    }
    json.raw(MEMBERS_END);
  }

  /** One member. That it has no vote is not told: v2 is older than learners. */
  static void member(JsonWriter json, Member member) {
    json.raw(ID).string(Bytes.utf8(Long.toHexString(member.id())));
    json.raw(NAME).string(Bytes.utf8(member.name()));
    json.raw(PEER_URLS);
    texts(json, member.peerUrls());
    json.raw(CLIENT_URLS);
    texts(json, member.clientUrls());
    json.raw(MEMBER_END);
  }

  /** An error. */
  static void error(JsonWriter json, Bytes message) {
    json.raw(MESSAGE).string(message).raw('}');
  }

  /**
   * Reads the peer URLs of a request; everything else in it is ignored.
   *
   * @throws JsonException if it is malformed or of another form, in the words of Go's decoder
   */
  static List<String> peerUrls(byte[] body) throws JsonException {
    JsonValue value = JsonParser.only(body);
    if (value instanceof JsonValue.Null) {
      return List.of();
    }
    if (!(value instanceof JsonValue.Members(Map<String, JsonValue> fields))) {
      throw unfit(value, "value of type " + GO_TYPE);
    }
    // Go's decoder takes a field's name in any case.
    for (Map.Entry<String, JsonValue> field : fields.entrySet()) {
      if (field.getKey().equalsIgnoreCase("peerURLs")) {
        return texts(field.getValue());
      }
    }
    return List.of();
  }

  private static List<String> texts(JsonValue value) throws JsonException {
    if (value instanceof JsonValue.Null) {
      return List.of();
    }
    if (!(value instanceof JsonValue.Elements(List<JsonValue> elements))) {
      throw unfit(value, "struct field .peerURLs of type []string");
    }
    List<String> texts = new ArrayList<>();
    for (JsonValue element : elements) {
      if (!(element instanceof JsonValue.Text text)) {
        throw unfit(element, "struct field .peerURLs of type string");
      }
      texts.add(text.value().text());
    }
    return texts;
  }

  private static JsonException unfit(JsonValue value, String target) {
    return new JsonException("json: cannot unmarshal " + value.kind() + " into Go " + target);
  }

  private static void texts(JsonWriter json, List<String> texts) {
    for (int i = 0; i < texts.size(); i++) {
      if (i > 0) {
        json.raw(',');
      }
      json.string(Bytes.utf8(texts.get(i)));
    }
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
