import ArgumentParser
import Foundation
import Media

struct VerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Reopen every file of a package and compare it with its playlists."
    )

    @Argument(help: "The folder that `process` made.")
    var folder: String

    @Flag(help: "Print what is in the package as JSON.")
    var json = false

    func run() throws {
        try reportingFailures {
            let package = try PackageVerifier(folder: URL(filePath: folder)).verify()
            if json { return try StandardOutput.print(package) }
            print("\(folder): \(PackageSummary(package))")
        }
    }
}
