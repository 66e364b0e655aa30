"use strict";

/** Pairs things by name and tells the missing, the different and the unknown ones. */
function named(promised, found, { missing, other, extra }) {
  const faults = promised.map((thing) => {
    const present = found.find(({ name }) => name === thing.name);
    if (present === undefined) return missing(thing);
    const isSame = Object.keys(thing).every(
      (key) => JSON.stringify(thing[key]) === JSON.stringify(present[key]),
    );
    return isSame ? null : other(thing, present);
  });
  const unknown = found.filter(({ name }) => !promised.some((thing) => thing.name === name));
  return [...faults, ...unknown.map(extra)].filter((fault) => fault !== null);
}

module.exports = { named };
