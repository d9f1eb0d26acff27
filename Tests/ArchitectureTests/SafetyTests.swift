import Foundation
import Testing

/// Pointers live in the targets that wrap a C library, and nowhere else.
@Suite struct SafetyTests {
    private static let wrappers: Set = ["Postgres", "FFmpeg", "Argon2", "ObjectStorage"]

    @Test func everyOtherTargetIsMemorySafe() throws {
        let manifest = try String(contentsOf: Checkout.root.appending(path: "Package.swift"), encoding: .utf8)
        let targets = manifest.matches(
            of: /\.(?:executableTarget|target)\(\s*name: "([\w-]+)"[\s\S]*?swiftSettings: (house|safe)/
        )
        #expect(targets.count >= 15)
        for target in targets where target.2 == "house" {
            let name = String(target.1)
            #expect(Self.wrappers.contains(name) || name == "TestSupport", "\(name) is not strictly memory safe")
        }
    }

    /// `unsafe` compiles anywhere; this is what keeps it out.
    @Test func noOtherTargetSaysUnsafe() throws {
        let folders = try FileManager.default.contentsOfDirectory(atPath: Checkout.root.appending(path: "Sources").path)
        for target in folders where !Self.wrappers.contains(target) {
            for file in try Checkout.files(of: target) {
                let words = file.source.matches(of: /\bunsafe \w|\bUnsafe\w+|\bOpaquePointer\b|nonisolated\(unsafe\)/)
                #expect(words.isEmpty, "\(target)/\(file.name) handles pointers: \(words.map { $0.0 })")
            }
        }
    }
}
