import Foundation
import Testing

/// Pointers live in the targets that wrap a C library, and nowhere else.
@Suite struct SafetyTests {
    private static let wrappers: Set = ["Postgres", "FFmpeg", "Argon2", "ObjectStorage", "Privileges", "Sandbox"]

    /// Test code that may handle them: what the sandbox forbids is asked for by C, and by the program that links it.
    private static let testCode: Set = ["TestSupport", "sandbox-probe", "processing-test-worker", "fuzz"]

    @Test func everyOtherTargetIsMemorySafe() throws {
        let manifest = try String(contentsOf: Checkout.root.appending(path: "Package.swift"), encoding: .utf8)
        let targets = manifest.matches(
            of:
                /\.(?:executableTarget|target)\(\s*name: "([\w-]+)"(?:(?!arget\()[\s\S])*?swiftSettings: (house|safe|instrumented)/
        )
        // All that SwiftPM knows as targets with Swift code: a form that the pattern does not know must not be left out.
        let count =
            manifest.matches(of: /\.(?:executableTarget|target)\(/).count
            - manifest.matches(of: /\.target\(name: "C\w+", path:/).count
        #expect(targets.count == count && count >= 15)
        for target in targets where target.2 == "house" {
            let name = String(target.1)
            let isAllowed = Self.wrappers.contains(name) || Self.testCode.contains(name)
            #expect(isAllowed, "\(name) is not strictly memory safe")
        }
    }

    private static func pointerWords(in source: String) -> [Substring] {
        source.matches(of: /\bunsafe \w|\bUnsafe\w+|\bOpaquePointer\b|nonisolated\(unsafe\)/).map(\.0)
    }

    /// What is looked for elsewhere is found where it may be.
    @Test func pointersAreFoundInTheWrappers() throws {
        for target in ["Postgres", "FFmpeg", "ObjectStorage"] {
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
