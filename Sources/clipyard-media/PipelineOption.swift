import ArgumentParser
import Foundation
import Media

/// Which pipeline definition a command uses.
struct PipelineOption: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The pipeline definition to follow.",
            discussion: """
                Otherwise the file that CLIPYARD_PIPELINE names; otherwise pipelines/short-video.yaml below the \
                working directory, the program's own folder or the nearest folder above it.
                """,
            valueName: "file"
        )
    )
    var pipeline: String?

    func load() throws -> PipelineDefinition {
        try PipelineDefinition(yamlAt: path())
    }

    private func path() throws -> String {
        if let pipeline { return pipeline }
        let environment = ProcessInfo.processInfo.environment
        if let named = environment["CLIPYARD_PIPELINE"], !named.isEmpty { return named }
        let candidates = Self.folders().map { $0.appending(path: "pipelines/short-video.yaml").path }
        guard let found = candidates.first(where: FileManager.default.fileExists) else {
            throw CommandFailure(
                78,
                "No pipeline definition was found: give one with --pipeline FILE or in CLIPYARD_PIPELINE."
            )
        }
        return found
    }

    /// The working directory, then the program's folder and every folder above it.
    private static func folders() -> [URL] {
        var folders = [URL(filePath: FileManager.default.currentDirectoryPath)]
        guard var folder = Bundle.main.executableURL?.resolvingSymlinksInPath().deletingLastPathComponent() else {
            return folders
        }
        while folder.path != "/" {
            folders.append(folder)
            folder.deleteLastPathComponent()
        }
        return folders
    }
}
