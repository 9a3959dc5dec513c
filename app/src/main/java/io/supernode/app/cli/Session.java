package io.supernode.app.cli;

import io.supernode.app.Console;
import io.supernode.app.Interrupt;

/** What every verb is given: where to speak and how it may be interrupted. */
record Session(Console console, Interrupt interrupt) {}
