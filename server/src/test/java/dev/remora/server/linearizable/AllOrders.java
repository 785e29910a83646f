package dev.remora.server.linearizable;

import java.util.ArrayList;
import java.util.List;

/** Tries every order of every choice of open operations. For a handful of operations. */
final class AllOrders<S, I, O> {
  private final Model<S, I, O> model;
  private final List<Operation<I, O>> operations;

  AllOrders(Model<S, I, O> model, List<Operation<I, O>> operations) {
    this.model = model;
    this.operations = operations;
  }

  boolean isLinearizable() {
    return extend(new ArrayList<>());
  }

  private boolean extend(List<Operation<I, O>> order) {
    if (isComplete(order) && respectsTime(order) && explainsAnswers(order)) {
      return true;
    }
    for (Operation<I, O> next : operations) {
      if (!order.contains(next)) {
        order.add(next);
        if (extend(order)) {
          return true;
        }
        order.removeLast();
      }
    }
    return false;
  }

  private boolean isComplete(List<Operation<I, O>> order) {
    return operations.stream().allMatch(one -> one.isOpen() || order.contains(one));
  }

  private boolean respectsTime(List<Operation<I, O>> order) {
    for (int first = 0; first < order.size(); first++) {
      for (int second = first + 1; second < order.size(); second++) {
        if (order.get(second).precedes(order.get(first))) {
          return false;
        }
      }
    }
    return true;
  }

  private boolean explainsAnswers(List<Operation<I, O>> order) {
    S state = model.initial();
    for (Operation<I, O> one : order) {
      Model.Step<S, O> step = model.step(state, one.input());
      if (!one.isOpen() && !step.output().equals(one.output())) {
        return false;
      }
      state = step.next();
    }
    return true;
  }
}
