"use strict";

/** A name as SQL needs it: quoted where it would not be read as it stands. */
function quoteName(/** @type {string} */ name) {
  return /^[a-z_][a-z0-9_]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`;
}

function quoteText(/** @type {string} */ text) {
  return `'${text.replaceAll("'", "''")}'`;
}

module.exports = { quoteName, quoteText };
