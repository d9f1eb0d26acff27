#pragma once

// Opens listeners of this process's own, for the probes that connect: before the sandbox is entered.
void sandbox_probe_prepare(const char *folder);

// Tries one forbidden thing. 0 if it was done, an errno if it was refused, -1 for an unknown name.
int sandbox_probe(const char *name, const char *argument);

// Executes a command on a kernel that has a layer of the sandbox no more: it answers `error` to whoever asks for "landlock"
// or "seccomp". Returns only an errno.
int sandbox_probe_execute_without(const char *layer, int error, char *const *command);
