/// Results as data: columns with PostgreSQL types, typed cells, and how a cell is written in the
/// text and in the binary format.
@NullMarked
package dev.pointsman.admin.rows;

import org.jspecify.annotations.NullMarked;
