import ArgumentParser

@main
struct ClipyardMedia: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clipyard-media",
        abstract: "Media files in, playable packages out."
    )
}
