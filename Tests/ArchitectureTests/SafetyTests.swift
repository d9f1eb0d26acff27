import Foundation
import Testing

/// Pointers live in the targets that wrap a C library, and nowhere else.
@Suite struct SafetyTests {
    private static let wrappers: Set = ["Postgres", "FFmpeg", "Argon2", "ObjectStorage", "Privileges", "Sandbox"]

    @Test func everyOtherTargetIsMemorySafe() throws {
        let manifest = try String(contentsOf: Checkout.root.appending(path: "Package.swift"), encoding: .utf8)
        let targets = manifest.matches(
            of: /\.(?:executableTarget|target)\(\s*name: "([\w-]+)"[\s\S]*?swiftSettings: (house|safe)/
        )
        // All that SwiftPM knows as targets with code: a form that the pattern does not know must not be left out.
        let count = manifest.matches(of: /\.(?:executableTarget|target)\(/).count
        #expect(targets.count == count && count >= 15)
        for target in targets where target.2 == "house" {
            let name = String(target.1)
            #expect(Self.wrappers.contains(name) || name == "TestSupport", "\(name) is not strictly memory safe")
        }
    }

    private static func pointerWords(in source: String) -> [Substring] {
        source.matches(of: /\bunsafe \w|\bUnsafe\w+|\bOpaquePointer\b|nonisolated\(unsafe\)/).map(\.0)
    }

    /// What is looked for elsewhere is found where it may be.
    @Test func pointersAreFoundInTheWrappers() throws {
        for target in Self.wrappers {
            #expect(try Checkout.files(of: target).contains { !Self.pointerWords(in: $0.source).isEmpty }, "\(target)")
        }
    }

    /// `unsafe` compiles anywhere; this is what keeps it out.
    @Test func noOtherTargetSaysUnsafe() throws {
        let folders = try FileManager.default.contentsOfDirectory(atPath: Checkout.root.appending(path: "Sources").path)
        for target in folders where !Self.wrappers.contains(target) {
            for file in try Checkout.files(of: target) {
                let words = Self.pointerWords(in: file.source)
                #expect(words.isEmpty, "\(target)/\(file.name) handles pointers: \(words)")
            }
        }
    }
}
