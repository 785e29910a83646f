package dev.remora.torture.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;

/**
 * What a server has answered.
 *
 * @param status HTTP's
 * @param index the header {@code X-Etcd-Index}; -1 if there is none
 * @param body as it was
 */
public record Reply(int status, long index, String body) {
  private static final JsonMapper JSON = new JsonMapper();

  /** The body as JSON; a missing node if it is something else. */
  public JsonNode json() {
    try {
      return JSON.readTree(body);
    } catch (JsonProcessingException e) {
      return JSON.missingNode();
    }
  }

  /** Whether the status is 2xx. */
  public boolean isOk() {
    return status / 100 == 2;
  }

  /** v2's {@code errorCode}; 0 if there is none. */
  public int errorCode() {
    return json().path("errorCode").asInt();
  }
}
