import ArgumentParser
import Bootstrap
import Foundation

struct ConfigCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config",
        abstract: "Show the settings in force; secrets are not shown."
    )

    func run() async throws {
        let settings = try await Settings(environment: ProcessInfo.processInfo.environment)
        let width = settings.entries.map(\.name.count).max() ?? 0
        for entry in settings.entries {
            let name = entry.name.padding(toLength: width, withPad: " ", startingAt: 0)
            print("\(name)  \(entry.value.isEmpty ? "–" : entry.value)\(entry.isDefault ? "" : "  (set)")")
        }
    }
}
