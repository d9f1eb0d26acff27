import CSandboxProbe
import Glibc
import Sandbox

/// Tries one forbidden thing and prints the error number, 0 if it was done: sandbox-probe on|off FOLDER NAME ARGUMENT.
///
/// Only `FOLDER/in` may be read, and only `FOLDER/out` written. With `without LAYER ERRNO COMMAND…` it executes the command
/// where a layer cannot be had.
@main
enum SandboxProbe {
    static func main() throws {
        let arguments = CommandLine.arguments
        if arguments.count > 4, arguments[1] == "without", let error = Int32(arguments[3]) {
            print(sandbox_probe_execute_without(arguments[2], error, CommandLine.unsafeArgv + 4))
            exit(1)
        }
        guard arguments.count == 5 else { return print("usage: sandbox-probe on|off FOLDER NAME ARGUMENT") }
        let folder = arguments[2]
        sandbox_probe_prepare(folder)
        if arguments[1] == "on" {
            let limits = SandboxLimits(memoryBytes: 1 << 30, cpuSeconds: 10, fileBytes: 1 << 20)
            let sandbox = Sandbox(readable: ["\(folder)/in"], writable: ["\(folder)/out"], limits: limits)
            let report = try sandbox.enter(isRequired: true)
            if arguments[3] == "report" { return print(report.layers.map(\.rawValue).joined(separator: " ")) }
        }
        print(sandbox_probe(arguments[3], arguments[4]))
    }
}
