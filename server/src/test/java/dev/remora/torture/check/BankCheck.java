package dev.remora.torture.check;

import com.fasterxml.jackson.databind.JsonNode;
import dev.remora.torture.client.Base64Text;
import dev.remora.torture.client.Call;
import dev.remora.torture.client.Outcome;
import dev.remora.torture.client.Reply;
import dev.remora.torture.client.Request;
import dev.remora.torture.workload.Bank;
import java.util.ArrayList;
import java.util.List;

/** Whoever reads all accounts at once finds the same sum. */
final class BankCheck {
  private BankCheck() {}

  static List<String> check(List<Call> calls) {
    String range = "\"key\":\"" + Base64Text.of(Bank.ACCOUNTS) + "\"";
    List<String> problems = new ArrayList<>();
    for (Call call : calls) {
      if (call.request() instanceof Request.V3(String path, String body)
          && path.equals("kv/range")
          && body.contains(range)
          && call.outcome() instanceof Outcome.Answered(Reply reply)) {
        long sum = 0;
        for (JsonNode kv : reply.json().path("kvs")) {
          sum += Bank.amount(kv);
        }
        if (sum != Bank.TOTAL && !reply.json().path("kvs").isEmpty()) {
          problems.add("bank: the sum is %d in %s".formatted(sum, call));
        }
      }
    }
    return problems;
  }
}
