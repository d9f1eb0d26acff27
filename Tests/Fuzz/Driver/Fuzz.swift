import CFuzzer
import Foundation

/// `fuzz SUBJECT [OPTION OF LIBFUZZER]… [CORPUS]…`, or `fuzz --list`.
@main
enum Fuzz {
    nonisolated(unsafe) private static var subject = Subject.all[0]

    static func main() {
        let arguments = CommandLine.arguments
        guard arguments.count > 1, let chosen = Subject.named(arguments[1]) else {
            print(Subject.all.map(\.name).joined(separator: "\n"))
            exit(arguments.dropFirst().first == "--list" ? 0 : 64)
        }
        subject = chosen
        run([arguments[0]] + arguments.dropFirst(2))
    }

    private static func run(_ arguments: [String]) {
        var count = CInt(arguments.count)
        var pointers = arguments.map { unsafe strdup($0) } + [nil]
        unsafe pointers.withUnsafeMutableBufferPointer { buffer in
            var vector = unsafe buffer.baseAddress
            exit(
                unsafe LLVMFuzzerRunDriver(&count, &vector) { data, size in
                    let bytes = unsafe Array(UnsafeBufferPointer(start: data, count: size))
                    try? Fuzz.subject.parse(bytes)
                    return 0
                }
            )
        }
    }
}
