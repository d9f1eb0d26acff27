import ArgumentParser
import Foundation
import Media

struct VerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Look into every file of a package: what is wrong, and what could be better.",
        discussion: "docs/hls.md explains the rules, whose names stand in brackets."
    )

    @Argument(help: "The folder that `process` made.")
    var folder: String

    @Flag(help: "Print everything that was found, and what is in the package, as JSON.")
    var json = false

    @OptionGroup var sandbox: SandboxOption

    func run() throws {
        try reportingFailures {
            try sandbox.enter(readable: [folder])
            let report = PackageVerifier(folder: URL(filePath: folder)).report()
            if json { try StandardOutput.print(report) }
            guard let package = report.package else {
                throw CommandFailure(70, Self.lines(report.errors).joined(separator: "\n"))
            }
            if json { return }
            for line in Self.lines(report.notes) { print("note: \(line)") }
            print("\(folder): \(PackageSummary(package))")
        }
    }

    private static func lines(_ findings: [VerificationReport.Finding]) -> [String] {
        findings.map { "\($0.message) (\($0.rule.rawValue))" }
    }
}
