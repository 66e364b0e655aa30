"use strict";

/** A failure that a person can mend: what happened, and what to do. */
class ProjectFailure extends Error {
  /**
   * @param {string} message
   * @param {string} remedy
   * @param {{code?: string, cause?: unknown}} [options]
   */
  constructor(message, remedy, { code, cause } = {}) {
    super(message, { cause });
    this.name = "ProjectFailure";
    this.remedy = remedy;
    this.code = code;
  }
}

/**
 * Runs `work` and turns what it throws into an answer.
 *
 * @template T
 * @param {() => Promise<T>} work
 */
async function answer(work) {
  try {
    return { success: true, data: await work() };
  } catch (error) {
    if (error instanceof ProjectFailure) {
      const { message, remedy, code } = error;
      return { success: false, error: { message, remedy, ...(code ? { code } : {}) } };
    }
    const message = error instanceof Error ? error.message : String(error);
    return { success: false, error: { message, remedy: "Check the arguments of the call." } };
  }
}

module.exports = { ProjectFailure, answer };
