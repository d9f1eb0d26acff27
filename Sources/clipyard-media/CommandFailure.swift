import ArgumentParser
import Domain
import Foundation
import Media

/// Why a command ends early: one sentence for people and a code of `sysexits.h` for programs.
struct CommandFailure: Error {
    var exitCode: Int32
    var message: String

    init(_ exitCode: Int32, _ message: String) {
        self.exitCode = exitCode
        self.message = message
    }

    init(_ error: any Error) {
        switch error {
        case let failure as CommandFailure: self = failure
        case let refusal as MediaRefusal: self.init(65, refusal.message)
        case let error as PipelineDefinitionError: self.init(78, error.description)
        case let error as MediaError: self.init(Self.exitCode(error.code), error.message)
        default: self.init(74, "\(error.localizedDescription)")
        }
    }

    private static func exitCode(_ code: MediaError.Code) -> Int32 {
        switch code {
        case .sourceUnreadable: 66
        case .outputUnwritable: 74
        case .verificationFailed, .internalFailure: 70
        case .cancelled: 130
        }
    }
}

/// Runs a command's work; what goes wrong becomes its sentence on standard error and its exit code.
func reportingFailures(_ body: () throws -> Void) throws {
    do { try body() } catch let code as ExitCode {
        // A child has said why.
        throw code
    } catch {
        let failure = CommandFailure(error)
        StandardError.print(failure.message)
        throw ExitCode(failure.exitCode)
    }
}
