"use strict";

/**
 * What a project may do without is asked for as soon as some of it is there: then all of it is.
 *
 * @param {any} promised the content of supabase/foundation.json
 * @param {{tables: Record<string, unknown>}} found
 * @returns {{promised: any, absent: {name: string, migration: string}[]}} the promise for this
 *   project, and the parts that it does without
 */
function withPartsPresent(promised, found) {
  const parts = Object.entries(promised.optional);
  const isPresent = ({ tables }) => Object.keys(tables).some((name) => name in found.tables);
  const present = parts.filter(([, part]) => isPresent(part)).map(([, part]) => part);
  return {
    promised: {
      ...promised,
      tables: Object.assign({}, promised.tables, ...present.map(({ tables }) => tables)),
      functions: [...promised.functions, ...present.flatMap(({ functions }) => functions)],
      storage: {
        ...promised.storage,
        policies: [
          ...promised.storage.policies,
          ...present.flatMap(({ storagePolicies }) => storagePolicies),
        ],
      },
    },
    absent: parts
      .filter(([, part]) => !isPresent(part))
      .map(([name, { migration }]) => ({ name, migration })),
  };
}

module.exports = { withPartsPresent };
